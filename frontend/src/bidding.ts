// The page on which a supplier writes, seals and submits a bid. Nothing of it leaves this computer before it is sealed.

import { start } from "./sealing/bidding-page";

const place = document.getElementById("bidding");
if (place) void start(place);
