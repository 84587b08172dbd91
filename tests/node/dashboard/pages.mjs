// The dashboard's pages: where they are, what shows that they have live data, and who is looking.

/** Each page with a text that stands there once the server has answered. */
export const PAGES = [
  { name: "campaigns", address: "#/campaigns", shows: /spent today by \d/ },
];

export const LOOKS = [
  { name: "light", options: { colorScheme: "light" } },
  { name: "dark", options: { colorScheme: "dark" } },
  { name: "phone", options: { colorScheme: "light", viewport: { width: 375, height: 800 } } },
];
