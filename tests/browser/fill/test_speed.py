"""200 items, 40 rooms, 60 photos at a sixth of the speed: a tap is answered in time and on the disk in time."""

import time

import pytest

from tests.browser.fill.forms import large
from tests.support.pictures import jpeg

TAP_MS = 100  # from the tap to the next paint
DISK_MS = 300  # from the tap to the disk
SLOWER = 6
PATIENCE = 240  # seconds: the machine does other things too, which can only make a round slower, so the best one counts

# From the tap to the first frame after it, for what is tapped next.
WATCH = """() => {
  globalThis.taps = [];
  document.addEventListener("click", () => {
    const start = performance.now();
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => globalThis.taps.push(performance.now() - start);
      channel.port2.postMessage(0);
    });
  }, { capture: true });
}"""
TAP = """async ([key, control]) => {
  const place = document.querySelector(`[data-key="${CSS.escape(key)}"] [data-k="${control}"]`);
  const before = globalThis.taps.length;
  place.click();
  while (globalThis.taps.length === before) await new Promise(done => setTimeout(done, 5));
  return globalThis.taps.at(-1);
}"""
SAVES = "() => performance.getEntriesByName('fill-save').map(one => one.duration)"


@pytest.fixture(scope="module")
def visits(prepare):
    return prepare([{"form": large(), "title": "大表", "inspectors": ["inspector-7", "inspector-8"],
                     "sections": {"inspector-8": []}, "school": 35, "days": 40}])  # fmt: skip


def test_a_large_form_stays_fluid_on_a_slow_phone(phone, visits):
    visit = visits["大表"]
    one = phone("inspector-7")
    one.begin(visit, "R")
    add_rooms(one, visit)
    one.go("/")
    one.begin(visit, "R")
    one.page.click("[data-k=all-right]")
    for place in range(60):
        section = place // 8 % 20 + 1
        if place % 8 == 0:
            one.section(f"S{section}")
        if place % 8 < 2:
            one.tap(f"{section}.{place % 8 + 1}", "count-more")
    add_photos(one, visit)
    one.saved()
    one.restart().go()
    one.begin(visit, "S1")
    one.page.evaluate(WATCH)
    session = one.context.new_cdp_session(one.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    rounds = []
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        step = "count-less" if len(rounds) % 2 else "count-more"
        one.page.evaluate("performance.clearMeasures()")
        taps = [one.page.evaluate(TAP, [f"1.{number}", step]) for number in range(1, 9)]
        one.section("R")
        one.item("R.10@1").wait_for()
        taps += [one.page.evaluate(TAP, [f"R.{number}@1", "no"]) for number in range(1, 11)]
        one.saved()
        rounds.append((nearly_worst(taps), nearly_worst(one.page.evaluate(SAVES))))
        if min(tap for tap, _ in rounds) < TAP_MS and min(save for _, save in rounds) < DISK_MS:
            break
        one.section("S1")
        one.item("1.8").wait_for()
        one.page.wait_for_timeout(2_000)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    print(f"taps and saves, nearly worst of each round, ms: {rounds}")
    assert min(tap for tap, _ in rounds) < TAP_MS
    assert min(save for _, save in rounds) < DISK_MS
    assert one.complaints == []


def nearly_worst(times):
    """All but one in twenty are below it."""
    return round(sorted(times)[int(len(times) * 0.95) - 1])


def in_store(one, visit, script, argument):
    one.page.evaluate(
        """async ([visit, argument]) => {
          const name = (await indexedDB.databases()).map(one => one.name).find(one => /houqin-fill-\\d/.test(one));
          const db = await new Promise(done => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
          const tx = db.transaction(["submissions", "attachments", "blobs"], "readwrite");
          const done = new Promise(finished => { tx.oncomplete = finished; });
          const asked = tx.objectStore("submissions").index("inspection").get(visit);
          asked.onsuccess = () => { const submission = asked.result; """ + script + """ };
          await done;
          db.close();
        }""",
        [visit["id"], argument],
    )  # fmt: skip


def add_rooms(one, visit):
    """Forty rooms at once: tapping them in is another test's story."""
    rooms = [{"code": str(number), "label": f"{number}室"} for number in range(1, 41)]
    in_store(one, visit, 'submission.units = { R: argument }; tx.objectStore("submissions").put(submission);', rooms)


def add_photos(one, visit):
    picture = list(jpeg("slow", (1600, 1200)))
    script = """
      for (let place = 0; place < 60; place++) {
        const bytes = new Uint8Array([...argument, place]).buffer;
        const sha256 = String(place).padStart(64, "0");
        tx.objectStore("blobs").put({ sha256, bytes, mime: "image/jpeg" });
        tx.objectStore("attachments").put({
          id: `photo-${place}`, submission: submission.id, sha256, size: bytes.byteLength, mime: "image/jpeg",
          key: `${Math.floor(place / 8) + 1}.${place % 8 + 1}`, purpose: "photo", signer: "", taken_at: new Date().toISOString(),
          place: null, uploaded: true, remote: false, thumb: bytes,
        });
      }"""
    in_store(one, visit, script, picture)
