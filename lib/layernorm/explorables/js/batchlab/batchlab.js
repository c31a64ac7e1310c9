// BatchNorm, LayerNorm and no norm over the size of the batch, the learning rate or the digits seen.
import { lab } from "../lab/shell.js";
import { words } from "./batchtalk.js";
import { batchStage } from "./batchstage.js";

export const initialize = () => {};

export const render = (context) => lab(context, { stage: batchStage, words });
