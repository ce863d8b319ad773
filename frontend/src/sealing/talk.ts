// Talks to the service from a signed-in page: the cookie proves who asks, the page's token that it is our page.

export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly body: Record<string, unknown>,
  ) {
    super(message);
  }
}

export class NoAnswer extends Error {}

const token = (): string => document.querySelector<HTMLMetaElement>("meta[name='csrf-token']")?.content ?? "";

const worded = (status: number, text: string): Refusal => {
  let body: Record<string, unknown> = {};
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // a proxy's page: the status has to do
  }
  const errors = Object.values((body["errors"] ?? {}) as Record<string, string[]>).flat();
  const citation = typeof body["citation"] === "string" && body["citation"] ? `（${body["citation"]}）` : "";
  const detail = typeof body["detail"] === "string" ? body["detail"] : "";
  const title = typeof body["title"] === "string" ? body["title"] : `HTTP ${status}`;
  return new Refusal(status, (errors.join(" ") || detail || title) + citation, body);
};

interface Options {
  json?: unknown;
  bytes?: Uint8Array;
  progress?: (share: number) => void;
}

/** XMLHttpRequest, because only it tells how far an upload has come. */
export const call = <T>(method: string, path: string, options: Options = {}): Promise<T> =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, `/api/v1${path}`);
    request.setRequestHeader("Accept", "application/json");
    if (method !== "GET") request.setRequestHeader("X-CSRFToken", token());
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) options.progress?.(event.loaded / event.total);
    };
    request.onerror = request.ontimeout = () => reject(new NoAnswer("no answer"));
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText || "null") as T);
      else if (request.status === 0 || request.status >= 502) reject(new NoAnswer(`HTTP ${request.status}`));
      else reject(worded(request.status, request.responseText));
    };
    if (options.bytes) {
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.send(options.bytes as Uint8Array<ArrayBuffer>);
    } else if (options.json !== undefined) {
      request.setRequestHeader("Content-Type", "application/json");
      request.send(JSON.stringify(options.json));
    } else request.send();
  });

// ---- words of the page: the template gives them in the reader's language ----

let words: Record<string, string> | null = null;

export const t = (key: string, values: Record<string, string | number> = {}): string => {
  words ??= JSON.parse(document.getElementById("bid-texts")?.textContent ?? "{}") as Record<string, string>;
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_whole, name: string) => String(values[name] ?? ""));
};

/** To the second, in Beijing time, whatever this computer's time zone. */
export const beijing = (instant: string | number): string =>
  new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: "Asia/Shanghai" }).format(new Date(instant));
