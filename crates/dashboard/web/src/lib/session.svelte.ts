// Who is asking: a token, kept for as long as this tab is open and nowhere else.

const KEY = "outbid.token";

class Session {
  /** Sent with every call, where there is one. */
  token = $state(sessionStorage.getItem(KEY) ?? "");
  /** The server wants a token, or another one. */
  asked = $state(false);
  /** Counts logins, so that pages read again after one. */
  epoch = $state(0);

  login(token: string) {
    this.token = token;
    sessionStorage.setItem(KEY, token);
    this.asked = false;
    this.epoch += 1;
  }

  logout() {
    this.token = "";
    sessionStorage.removeItem(KEY);
    this.epoch += 1;
  }
}

export const session = new Session();
