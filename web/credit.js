// Credit: balances, lots and what happened to each.
import { amount, boxed, dated, decimal, joined, lotFacts, lotName, schemeName } from "./amounts.js";
import { make } from "./dom.js";
import { drawHistory } from "./history.js";
import { own } from "./session.js";
import { drawTimeline } from "./timeline.js";
import { pick, say, tell } from "./words.js";

/** Lots on the time line, and lots in the table before the reader asks for all. */
const BARS = 24;
const FIRST = 50;
/** Credit that ends within three months is pointed out. */
const SOON_MS = 92 * 86_400_000;
/** Where the hundredths of a lot or balance are. */
export const SUMS = ["minted", "available", "held", "out", "redeemed", "expired", "voided"];
const SUM_WORDS = {
  minted: "page.sum.minted", available: "page.sum.available", held: "page.sum.held", out: "page.sum.out", redeemed: "page.sum.redeemed",
  expired: "page.sum.expired", voided: "page.sum.voided",
};

export const sumName = (sum) => say(SUM_WORDS[sum]);

export function drawBalances(balances, schemes, today) {
  if (balances.length === 0) return [make("p", { className: "hint" }, say("page.balances.none"))];
  return balances.map((balance) => drawBalance(balance, schemes, today));
}

function drawBalance(balance, schemes, today) {
  const scheme = schemes.get(balance.scheme);
  const { next_expiry: next } = balance;
  const isSoon = next && Date.parse(next.on) - Date.parse(today) < SOON_MS;
  const words = next ? tell("page.balances.next", { amount: amount(next.amount, scheme), day: next.on }) : say("page.balances.lasting");
  const parts = SUMS.filter((sum) => sum !== "available" && balance[sum] > 0);
  const lines = parts.map((sum) => make("div", {}, make("dt", {}, sumName(sum)), make("dd", {}, amount(balance[sum], scheme))));
  return make("div", { className: "balance" },
    make("h3", {}, schemeName(balance.scheme, schemes)),
    make("p", { className: "sum" }, make("strong", {}, decimal(balance.available)), ` ${pick(scheme?.unit)} `, make("span", {}, say("page.balances.available"))),
    balance.available > 0 ? make("p", { className: isSoon ? "soon" : "hint" }, ...dated(words)) : null,
    make("dl", {}, ...lines));
}

/** Lots in the order in which they end; what has nothing left comes last. */
function byEnd(lots) {
  const key = (lot) => `${lot.available > 0 ? 0 : 1}${lot.expires_on ?? "9999-12-31"}${lot.id}`;
  return lots.map((lot) => [key(lot), lot]).sort(([a], [b]) => (a < b ? -1 : 1)).map(([, lot]) => lot);
}

/** The time line of what is left, `width` rem wide: bars, and a line where there are more than it shows. */
export function drawBars(lots, schemes, today, width) {
  const left = byEnd(lots).filter((lot) => lot.available > 0);
  if (left.length === 0) return [];
  const row = (lot) => ({ label: `${amount(lot.available, schemes.get(lot.scheme))}${say("page.lots.between")}${lotName(lot)}`, from: lot.earned_on, until: lot.expires_on });
  const svg = drawTimeline(left.slice(0, BARS).map(row), today, width);
  return left.length > BARS ? [svg, make("p", { className: "hint" }, tell("page.lots.some", { n: BARS }))] : [svg];
}

/** The table of all lots. `state` is `{isAll, open}`: whether it is long, and the histories that are open, by lot. */
export function drawLots({ items, isWhole }, schemes, bodies, state) {
  const lots = byEnd(items);
  const heads = [make("th", { scope: "col" }, say("page.lots.what")), make("th", { scope: "col", className: "amount" }, say("page.lots.left"))];
  const body = make("tbody", {});
  const fill = () => body.replaceChildren(...lots.slice(0, state.isAll ? lots.length : FIRST).flatMap((lot) => drawLot(lot, schemes, bodies, state.open)));
  fill();
  const table = make("table", { className: "lots-table" }, make("thead", {}, make("tr", {}, ...heads)), body);
  const more = make("button", { type: "button", className: "quiet", hidden: state.isAll || lots.length <= FIRST }, tell("page.lots.all", { n: lots.length }));
  more.addEventListener("click", () => {
    state.isAll = true;
    more.hidden = true;
    fill();
  });
  return [boxed(say("page.lots.title"), table), more, isWhole ? null : make("p", { className: "hint" }, tell("page.lots.cut", { n: lots.length }))].filter(Boolean);
}

/** When a lot ends, in words. */
export const ends = (lot) => (lot.expires_on ? tell("page.lots.until", { day: lot.expires_on }) : say("page.lots.never"));

function drawLot(lot, schemes, bodies, open) {
  const scheme = schemes.get(lot.scheme);
  const facts = [...lotFacts(lot, bodies), tell("page.lots.earned", { day: lot.earned_on })];
  const button = make("button", { type: "button", className: "plain", ariaLabel: `${say("page.lots.history")} ${lotName(lot)}` }, say("page.lots.history"));
  const left = make("td", { className: "amount" }, amount(lot.available, scheme), lot.available === lot.amount ? null : make("small", {}, tell("page.lots.of", { amount: decimal(lot.amount) })));
  const row = make("tr", { className: lot.available > 0 ? "" : "spent" },
    make("td", {}, make("span", { className: "lot-name" }, lotName(lot)), make("span", { className: "lot-end" }, ...dated(ends(lot))), make("small", {}, ...joined(facts)), button), left);
  const cell = make("td", { colSpan: 2 });
  const history = make("tr", { className: "history", hidden: !open.has(lot.id) }, cell);
  const show = () => {
    button.ariaExpanded = String(!history.hidden);
    if (!history.hidden) cell.replaceChildren(drawHistory(open.get(lot.id), scheme));
  };
  button.addEventListener("click", async () => {
    history.hidden = !history.hidden;
    if (history.hidden) open.delete(lot.id);
    else open.set(lot.id, null);
    show();
    if (history.hidden) return;
    const { answer } = await own(`v1/account/lots/${lot.id}/postings`);
    if (open.has(lot.id)) open.set(lot.id, answer ?? false);
    show();
  });
  show();
  return [row, history];
}
