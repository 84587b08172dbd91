/** A request to begin with: a banner in an app, and a film, as OpenRTB 2.6. */
export const EXAMPLE = JSON.stringify(
  {
    id: "example-1",
    at: 2,
    tmax: 120,
    cur: ["USD"],
    imp: [
      { id: "1", tagid: "top", bidfloor: 0.5, bidfloorcur: "USD", secure: 1, banner: { w: 300, h: 250, pos: 1 } },
      {
        id: "2", bidfloor: 3, bidfloorcur: "USD", secure: 1,
        video: { mimes: ["video/mp4"], minduration: 5, maxduration: 30, w: 640, h: 360, protocols: [2, 3, 5, 6], plcmt: 1 },
      },
    ],
    site: { id: "s1", domain: "news.example", page: "https://news.example/today", publisher: { id: "p1" } },
    device: { ua: "Mozilla/5.0 (Linux; Android 15) Mobile", devicetype: 4, os: "Android", geo: { country: "USA", type: 2 } },
    user: {},
  },
  null,
  2,
);
