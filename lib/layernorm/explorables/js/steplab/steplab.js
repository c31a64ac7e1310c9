// The size of the input against the largest stable step.
import { lab } from "../lab/shell.js";
import { words } from "./steptalk.js";
import { stepStage } from "./stepstage.js";

export const initialize = () => {};

export const render = (context) => lab(context, { stage: stepStage, words });
