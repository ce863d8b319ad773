// Lets the page under /fill/ open without a network: keeps the built files and the page itself, nothing else.
// It never touches /api/ or anything but GET, and never takes over from an older one while a page is open:
// the page asks for that (message "take over") when no form is open.

declare const PRECACHE: string[]; // addresses of hashed files, written in by the build
declare const VERSION: string; // changes when one of them does

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetching extends Extendable {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface Worker {
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
}

const worker = self as unknown as Worker;
const PREFIX = "houqin-fill-";
const NAME = PREFIX + VERSION;
const SHELL = "/fill/";
const EXTRAS = ["/fill/manifest.webmanifest"];

const install = async (): Promise<void> => {
  const cache = await caches.open(NAME);
  // Hashed files may come from the browser's own cache; the page may not: it must name these very files.
  await Promise.all([
    cache.addAll(PRECACHE),
    cache.addAll([SHELL, ...EXTRAS].map((address) => new Request(address, { cache: "reload" }))),
  ]);
};

const clean = async (): Promise<void> => {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)));
  await worker.clients.claim();
};

const kept = async (address: string, request: Request): Promise<Response> => {
  const cache = await caches.open(NAME);
  return (await cache.match(address)) ?? fetch(request);
};

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(clean()));
worker.addEventListener("message", (event) => {
  if (event.data === "take over") void worker.skipWaiting();
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin || address.pathname.startsWith("/api/")) return;
  if (request.mode === "navigate") {
    if (address.pathname === SHELL) event.respondWith(kept(SHELL, request));
    return;
  }
  if (PRECACHE.includes(address.pathname) || EXTRAS.includes(address.pathname)) {
    event.respondWith(kept(address.pathname, request));
  }
});
