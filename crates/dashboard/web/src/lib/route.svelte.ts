// Where the page is, all of it in the address: `#/campaigns/demo/shoes?view=flight`.

class Route {
  /** The words of the path. */
  path = $state.raw<string[]>([]);
  /** The rest of the state. */
  query = $state.raw(new URLSearchParams());

  constructor() {
    this.#read();
    window.addEventListener("hashchange", () => this.#read());
  }

  #read() {
    const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
    const words = path.split("/").filter((word) => word !== "").map(decodeURIComponent);
    this.path = words.length > 0 ? words : ["campaigns"];
    this.query = new URLSearchParams(query);
  }

  /** A value of the state, or what it is where the address does not say. */
  get(key: string, otherwise = ""): string {
    return this.query.get(key) ?? otherwise;
  }

  /** Changes the state in place; what is empty goes out of the address. */
  set(changes: Record<string, string>) {
    const query = new URLSearchParams(this.query);
    for (const [key, value] of Object.entries(changes)) {
      if (value === "") query.delete(key);
      else query.set(key, value);
    }
    const text = query.toString();
    const path = this.path.map(encodeURIComponent).join("/");
    history.replaceState(null, "", `#/${path}${text === "" ? "" : `?${text}`}`);
    this.query = query;
  }
}

export const route = new Route();
