// Experiments in words, and where their intervals stand in a plot. Pure, so that it is tested without a browser.
import { ExperimentMetric, ExperimentPhase, type ExperimentArm, type ExperimentLift, type SampleRatioCheck } from "../gen/outbid/control/v1/experiment_pb";
import { last } from "./names";
import { count } from "./numbers";
import type { Words } from "./words";

/** How far an experiment is. */
export function phase(phase: ExperimentPhase): Words {
  switch (phase) {
    case ExperimentPhase.PENDING: return { text: "Scheduled", tone: "wait" };
    case ExperimentPhase.RUNNING: return { text: "Running", tone: "good" };
    case ExperimentPhase.ENDED: return { text: "Ended", tone: "off" };
    case ExperimentPhase.DELETED: return { text: "Deleted", tone: "off" };
    default: return { text: "Unknown", tone: "wait" };
  }
}

const METRICS: Partial<Record<ExperimentMetric, string>> = {
  [ExperimentMetric.IMPRESSIONS]: "Impressions by user",
  [ExperimentMetric.SPEND]: "Spend by user",
  [ExperimentMetric.CLICKS]: "Clicks by user",
  [ExperimentMetric.CONVERSIONS]: "Conversions by user",
  [ExperimentMetric.CONVERSION_VALUE]: "Value by user",
  [ExperimentMetric.CLICK_RATE]: "Click rate",
  [ExperimentMetric.COST_PER_CONVERSION]: "Cost per conversion",
  [ExperimentMetric.RETURN_ON_SPEND]: "Return on spend",
};

/** What is compared. */
export function metric(metric: ExperimentMetric): string {
  return METRICS[metric] ?? "Another metric";
}

/** What an arm changes, in a sentence. */
export function changes(arm: ExperimentArm): string {
  const said: string[] = [];
  if (arm.bidPercent !== 0 && arm.bidPercent !== 100) said.push(`bids ${arm.bidPercent} % of what it would`);
  if (arm.ads.length > 0) said.push(`only ads ${arm.ads.map(last).join(", ")}`);
  if (arm.creatives.length > 0) said.push(`only creatives ${arm.creatives.map(last).join(", ")}`);
  return said.length > 0 ? said.join("; ") : "as it is";
}

/** A share more or less, with its sign. */
export function signed(part: number): string {
  const format = new Intl.NumberFormat(undefined, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: "exceptZero" });
  return format.format(part);
}

/** What an interval says: that it is more, less, or that it cannot be told. */
export function verdict(lift: ExperimentLift): string {
  if (lift.low > 0) return "more";
  return lift.high < 0 ? "less" : "cannot be told apart";
}

/** The widest that a plot shows, so that one wild interval does not hide the others. */
const WIDEST = 2;

/** From where to where a plot of these goes: nothing in its middle, and every interval in it that is not wild. */
export function reach(lifts: ExperimentLift[]): number {
  const ends = lifts.flatMap((it) => [Math.abs(it.low), Math.abs(it.high)]);
  return Math.min(WIDEST, Math.max(0.05, ...ends) * 1.1);
}

/** Where a share stands in a plot that reaches so far to each side: from 0 to 1, cut at its ends. */
export function place(part: number, reach: number): number {
  return Math.min(1, Math.max(0, 0.5 + part / (2 * reach)));
}

/** Whether users came to arms as the weights say. */
export function split(check: SampleRatioCheck | undefined): { text: string; wrong: boolean } {
  const users = check?.usersSampled ?? 0n;
  if (!check || users === 0n) return { text: "No user was met yet, so the split cannot be checked.", wrong: false };
  const p = check.pValue < 0.001 ? check.pValue.toExponential(1) : check.pValue.toFixed(3);
  const seen = `p = ${p}, of ${count(users)} different users`;
  return check.isMismatch
    ? { text: `Users did not come to the arms as the weights say (${seen}). Something is broken: believe none of these results.`, wrong: true }
    : { text: `Users came to the arms as the weights say (${seen}).`, wrong: false };
}
