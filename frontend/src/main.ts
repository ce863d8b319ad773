// Every page works without this file; it saves people waiting, double entries and lost input.

import { start as startBuilder } from "./parts/builder";
import { start as startCamera } from "./parts/camera";
import { start as startDemand } from "./parts/demand";
import { start as startFill } from "./parts/fill";
import { start as startForms } from "./parts/forms";
import { start as startKeyboard } from "./parts/keyboard";
import { start as startMenus } from "./parts/menus";
import { start as startPanels } from "./parts/panels";
import { start as startPhotos } from "./parts/photos";
import { start as startPlace } from "./parts/place";
import { start as startPrinting } from "./parts/printing";
import { start as startRequests } from "./parts/requests";
import { start as startTables } from "./parts/tables";
import { start as startVerify } from "./parts/verify";

document.documentElement.classList.add("has-script");
startRequests();
startForms();
startMenus();
startPanels();
startPhotos();
startPrinting();
startTables();
startKeyboard();
startFill();
startCamera();
startBuilder();
startDemand();
startVerify();
startPlace();

const drawCharts = (within: ParentNode): void => {
  if (within.querySelector("[data-chart]")) void import("./charts").then((charts) => charts.draw(within));
};
drawCharts(document);
document.addEventListener("htmx:load", (event) => {
  if (event.target instanceof Element && event.target !== document.body) drawCharts(event.target.parentElement ?? event.target);
});
