// The page under /fill/: works from the phone's own disk, see docs/fill-protocol.md.

import { App } from "./fill/app";
import { daily } from "./fill/day/screens/daily";
import { receive } from "./fill/day/screens/receive";
import { awaitingScreen, recordScreen } from "./fill/day/screens/record";
import { today } from "./fill/day/screens/today";
import { toast } from "./fill/dom";
import { t } from "./fill/messages";
import { conflicts } from "./fill/screens/conflicts";
import { fill } from "./fill/screens/fill";
import { account, finish } from "./fill/screens/finish";
import { more } from "./fill/screens/more";
import { receipt } from "./fill/screens/receipt";
import { signIn } from "./fill/screens/sign_in";
import { visits } from "./fill/screens/visits";
import { applyTheme } from "./fill/theme";
import { startWorker } from "./fill/updates";

applyTheme();
const root = document.getElementById("fill");
if (root) {
  const app = new App(root);
  app.route("", (open) => (open.work?.person.school_id === undefined ? visits(open) : today(open)));
  app.route("day", daily);
  app.route("receive", receive);
  app.route("record", recordScreen);
  app.route("awaiting", awaitingScreen);
  app.route("fill", fill);
  app.route("finish", finish);
  app.route("account", account);
  app.route("conflicts", conflicts);
  app.route("receipt", receipt);
  app.route("more", more);
  app.route("sign-in", signIn);
  app.start().catch((error: unknown) => {
    console.error(error);
    toast(t("start_failed"), "danger");
  });
  void startWorker();
}
