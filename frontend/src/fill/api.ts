// Talks to the service: a device token, a time limit for every call, problems as values.

const TIMEOUT_MS = 30_000;
const PING_MS = 8_000;
const ROOT = "/api/v1";

export interface Problem {
  status: number;
  title: string;
  detail: string;
  body: Record<string, unknown>;
  retry_after: number | null;
}

/** The service answered, but not with yes. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title || `HTTP ${problem.status}`);
  }
}

/** No answer came: no network, a time-out, or something between us and the service answered in its place. */
export class Unreachable extends Error {}

export const newToken = (values: Record<string, unknown>): Promise<{ id: string; token: string; expires_at: string; level: string }> =>
  call(null, "POST", "/tokens", { json: values });

interface Options {
  json?: unknown;
  bytes?: ArrayBuffer;
  mime?: string;
  headers?: Record<string, string>;
  timeout?: number;
}

const problemOf = async (response: Response): Promise<Problem> => {
  let body: Record<string, unknown> = {};
  try {
    const parsed: unknown = await response.json();
    if (parsed && typeof parsed === "object") body = parsed as Record<string, unknown>;
  } catch {
    // a proxy's page, not ours: the status has to do
  }
  const after = Number(response.headers.get("Retry-After"));
  const word = (name: string): string => (typeof body[name] === "string" ? body[name] : "");
  return {
    status: response.status,
    title: word("title"),
    detail: word("detail"),
    body,
    retry_after: Number.isFinite(after) && after > 0 ? after : null,
  };
};

export const call = async <T>(token: string | null, method: string, path: string, options: Options = {}): Promise<T> => {
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  let body: BodyInit | null = null;
  if (options.json !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(options.json);
  } else if (options.bytes) {
    headers["Content-Type"] = options.mime ?? "application/octet-stream";
    body = options.bytes;
  }
  if (token) headers["Authorization"] = `Bearer ${token}`;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), options.timeout ?? TIMEOUT_MS);
  try {
    const response = await fetch(ROOT + path, {
      method,
      headers,
      body,
      signal: controller.signal,
      credentials: "omit", // the token is the only proof: a cookie that grew old cannot lose work
      cache: "no-store",
    });
    if (response.status === 304) return undefined as T; // as we have it
    if (!response.ok) throw new Refused(await problemOf(response));
    if (response.status === 204) return undefined as T;
    return (await response.json()) as T; // inside the time limit: the body may stop half-way too
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Unreachable(error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
};

/** Online only if the answer repeats the nonce; gives the service's clock less ours, in milliseconds. */
export const ping = async (): Promise<number> => {
  const nonce = crypto.randomUUID();
  const before = Date.now();
  const answer = await call<{ nonce?: string; server_time?: string }>(null, "GET", `/ping?nonce=${nonce}`, { timeout: PING_MS });
  const after = Date.now();
  const time = Date.parse(answer.server_time ?? "");
  if (answer.nonce !== nonce || Number.isNaN(time)) throw new Unreachable("not our service");
  return Math.round(time - (before + after) / 2);
};

/** Best effort: signing out must not wait for a network that is not there. */
export const endToken = async (token: string): Promise<void> => {
  try {
    await call(token, "DELETE", "/tokens/current", { timeout: PING_MS });
  } catch {
    // no network, or the token had ended already
  }
};
