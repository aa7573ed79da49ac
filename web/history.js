// What happened to credit, posting by posting: of one lot, and of the whole account.
import { amount, joined, lotFacts, lotName } from "./amounts.js";
import { make } from "./dom.js";
import { own } from "./session.js";
import { say } from "./words.js";

/** Postings of a page, and characters of a digest that are shown. */
const ROWS = 20;
const SHORT = 15;

/** Where an amount was or went: `out:320000` is "transferred 320000". A hold and a programme are named by what nobody reads. */
function place(text) {
  const [kind, which = ""] = text.split(":", 2);
  return `${say(`page.place.${kind}`)}${/^\d{6}$/.test(which) ? ` ${which}` : ""}`;
}

const places = (posting) => `${place(posting.from)} → ${place(posting.to)}`;

/** What a posting did. An evaluation anew mints what had been spent before, and takes it back at once. */
const deed = ({ kind, from }) => say(`page.posting.${kind === "mint" && from === "lot" ? "void" : kind}`);

/** More or less to spend; no sign where that stays as it was. */
const sign = ({ from, to }) => (to === "lot" ? "+" : from === "lot" ? "−" : "");

/** The digest of the document behind a posting: its beginning, and a button that copies all of it. */
function drawCause(cause) {
  const digest = make("span", { className: "code", translate: false }, `${cause.slice(0, SHORT)}…`);
  const button = make("button", { type: "button", className: "plain", ariaLive: "polite" }, say("page.posting.copy"));
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(cause);
      button.textContent = say("page.posting.copied");
    } catch {
      // A browser that hands nothing over: the reader copies by hand.
      digest.textContent = cause;
      getSelection().selectAllChildren(digest);
    }
  });
  return make("p", { className: "hint cause" }, `${say("page.posting.cause")} `, digest, " ", button);
}

/** The postings of one lot; `null` while they are asked for, `false` where there was no answer. */
export function drawHistory(postings, scheme) {
  if (!postings) return make("p", { className: "hint" }, say(postings === null ? "page.account.waiting" : "page.account.failed"));
  const line = (posting) => make("li", {},
    make("p", {}, make("span", { className: "code whole" }, posting.on), " ", make("strong", {}, deed(posting)), ` ${amount(posting.amount, scheme)}`),
    make("p", { className: "hint" }, places(posting)),
    drawCause(posting.cause));
  return make("ol", { className: "postings" }, ...postings.map(line));
}

/** A page of the postings of the account, after the cursor `after`. */
export const postingsAfter = (after) => own(`v1/account/postings?${new URLSearchParams({ limit: ROWS, ...(after ? { after } : {}) })}`);

/** The postings of the account, the newest first; `more()` asks for the next page where there is one. */
export function drawPostings({ items, next }, schemes, bodies, more) {
  if (items.length === 0) return [make("p", { className: "hint" }, say("page.history.none"))];
  const line = (posting) => {
    const sum = `${sign(posting)}${amount(posting.amount, schemes.get(posting.lot.scheme))}`;
    return make("li", { tabIndex: -1 },
      make("p", { className: "deed" }, make("span", {}, make("span", { className: "code whole" }, posting.on), " ", make("strong", {}, deed(posting))), " ", make("span", { className: "amount" }, sum)),
      make("p", { className: "lot-name" }, lotName(posting.lot)),
      make("p", { className: "hint" }, ...joined([...lotFacts(posting.lot, bodies), places(posting)])),
      drawCause(posting.cause));
  };
  const button = make("button", { type: "button", className: "quiet", hidden: !next }, say("page.looks.more"));
  button.addEventListener("click", more);
  return [make("ol", { className: "history-list" }, ...items.map(line)), make("p", { className: "go" }, button)];
}
