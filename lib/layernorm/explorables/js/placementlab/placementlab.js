// Where the norm stands, before any training: gradient and stream by depth, or block by block.
import { lab } from "../lab/shell.js";
import { placementStage } from "./placementstage.js";
import { words } from "./placementtalk.js";

export const initialize = () => {};

export const render = (context) => lab(context, { kind: ["is-compact", "is-placement"], stage: placementStage, words });
