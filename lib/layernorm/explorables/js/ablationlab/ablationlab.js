// LayerNorms left out of a Pre-LN Transformer, and what becomes of its training.
import { lab } from "../lab/shell.js";
import { ablationStage } from "./ablationstage.js";
import { words } from "./ablationtalk.js";

export const initialize = () => {};

export const render = (context) => lab(context, { kind: ["is-compact", "is-ablation"], stage: ablationStage, words });
