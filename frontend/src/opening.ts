// Officers' pages: a key of one's own, the proof that its passphrase works, and the opening itself. The passphrase and
// the secret half of the key never leave this computer.

import { start } from "./sealing/opening-page";

start();
