// A map of warm-up and learning rate: which seeds learn the task, and when.
import { lab } from "../lab/shell.js";
import { warmUpStage } from "./warmupstage.js";
import { words } from "./warmuptalk.js";

export const initialize = () => {};

export const render = (context) => lab(context, { kind: ["is-compact", "is-warmup"], stage: warmUpStage, words });
