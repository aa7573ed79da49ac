// What moves and what moved: every transfer of the account in words, withdrawing what is in transit, giving back what came.
import { decimal } from "./amounts.js";
import { make } from "./dom.js";
import { regionName } from "./moving.js";
import { all, freshKey, ownPost } from "./session.js";
import { local, say, tell } from "./words.js";

/** Codes of what each became: by the side of this region, what it is, and its state. */
const WORDS = {
  "source move reserved": "page.move.transit", "source move settled": "page.move.arrived", "source move returned": "page.move.came_back",
  "source return reserved": "page.move.going_back", "source return settled": "page.move.gone_back", "source return returned": "page.move.not_back",
  "destination move accepted": "page.move.came", "destination move rejected": "page.move.not_taken",
  "destination return accepted": "page.move.back_here", "destination return rejected": "page.move.not_taken",
};

/** Keys of what was asked and not answered yet, by transfer: a second press is no second request. */
const keys = new Map();
/** What went wrong, by transfer. */
const problems = new Map();

/** All transfers of the account. */
export const transfersOf = () => all("v1/account/transfers");

/** Forgets what was asked for the person who was signed in. */
export function forgetTransfers() {
  keys.clear();
  problems.clear();
}

/** Whether something waits for another region. */
export const isMoving = ({ items }) => items.some(({ state }) => state === "reserved");

/** The list, the newest first. `changed(id)` is called when something was done to a transfer. */
export function drawTransfers({ items, isWhole }, destinations, changed) {
  if (items.length === 0) return [];
  const back = new Set(items.filter(({ kind, side, state }) => kind === "return" && side === "source" && state !== "returned").map(({ of }) => of));
  const newest = [...items].sort((a, b) => b.began_at - a.began_at || (a.id < b.id ? 1 : -1));
  const line = (one) => make("li", { id: one.id, tabIndex: -1 }, ...drawTransfer(one, back.has(one.id), destinations, changed));
  const cut = isWhole ? null : make("p", { className: "hint" }, tell("page.moves.cut", { n: items.length }));
  return [make("h3", {}, say("page.moves.title")), make("ol", { className: "history-list" }, ...newest.map(line)), cut].filter(Boolean);
}

function drawTransfer(one, isGoingBack, destinations, changed) {
  const region = regionName(one.peer, destinations);
  const isAsked = one.state === "reserved" && one.cancelled;
  const code = isAsked ? "page.move.asked_back" : WORDS[`${one.side} ${one.kind} ${one.state}`];
  const when = local((isAsked && one.cancelled_at) || (one.state === "reserved" ? one.began_at : (one.ended_at ?? one.began_at)));
  const words = tell(code ?? "", { region, when, reason: one.reason ? say(`page.reason.${one.reason}`) : "" });
  const waits = one.state === "reserved" && one.error ? make("p", { className: "hint" }, tell("page.move.waits", { region })) : null;
  const problem = problems.get(one.id);
  // Of what came, and goes back, the amount is the one that was offered there.
  const isTheirs = one.side === (one.kind === "return" ? "source" : "destination");
  const amount = isTheirs ? tell("page.move.counted", { region, amount: decimal(one.amount) }) : decimal(one.amount);
  return [
    make("p", { className: "deed" }, make("strong", { className: `move-${one.state}` }, words), " ", make("span", { className: "amount" }, amount)),
    make("p", { className: "hint code", translate: false }, one.id),
    waits,
    one.state === "reserved" && !one.cancelled ? drawWithdraw(one, changed) : null,
    one.side === "destination" && one.kind === "move" && one.state === "accepted" && !isGoingBack ? drawGiveBack(one, region, changed) : null,
    problem ? make("p", { className: "refused", role: "alert" }, say(problem.code) || problem.title || say("page.moving.unsure")) : null,
  ].filter(Boolean);
}

function drawWithdraw(one, changed) {
  const button = make("button", { type: "button", className: "quiet" }, say("page.move.withdraw"));
  button.addEventListener("click", () => act(button, one.id, `v1/account/transfers/${one.id}/withdraw`, null, changed));
  return make("p", { className: "go" }, button);
}

/** It takes two steps: what goes back goes back whole. */
function drawGiveBack(one, region, changed) {
  const button = make("button", { type: "button" }, tell("page.move.give_back_sure", { region }));
  button.addEventListener("click", () => {
    if (!keys.has(one.id)) keys.set(one.id, freshKey());
    return act(button, one.id, `v1/account/transfers/${one.id}/return`, keys.get(one.id), changed);
  });
  const more = make("p", {}, tell("page.move.give_back_more", { region }));
  return make("details", { className: "picks" }, make("summary", {}, say("page.move.give_back")), more, make("p", { className: "go" }, button));
}

async function act(button, id, path, key, changed) {
  button.disabled = true;
  const { answer, problem } = await ownPost(path, undefined, key);
  // Without an answer it may have been done: the same key again does it once.
  if (answer || problem.code) keys.delete(id);
  if (answer) problems.delete(id);
  else problems.set(id, problem);
  changed(answer?.id ?? id);
}
