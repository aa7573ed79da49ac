// Moving credit to another region: where to and by which clause, which lots, what would arrive, and the word that begins it.
import { categoryName, dated, decimal, lotName, parseAmount } from "./amounts.js";
import { ends } from "./credit.js";
import { byId, make } from "./dom.js";
import { field } from "./draw.js";
import { drawCheck } from "./recognition.js";
import { freshKey, own, ownPost } from "./session.js";
import { pick, say, tell } from "./words.js";

/** Most lots of one transfer, as the registry has it. */
const LOTS_MAX = 100;
/** What the reader has chosen: region, place of the grant, amounts as text by lot; what was answered to that, and what went wrong. */
const nothing = () => ({ to: "", grant: 0, amounts: new Map(), quote: null, problem: null, isBusy: false });

let choice = nothing();

/** Forgets what was chosen. */
export function forgetMoving() {
  choice = nothing();
}

/** Where credit can move. */
export const destinationsOf = () => own("v1/account/destinations");

/** What a region is called, as far as that is known; its code otherwise. */
export const regionName = (code, destinations) => pick(destinations.find(({ region }) => region === code)?.name) || code;

/** The form. `held` has destinations, lots, schemes and the own region; `moved()` is called when something began to move. */
export function drawMoving(held, moved) {
  const places = held.destinations.filter(({ grants }) => grants.length > 0);
  if (places.length === 0) return [make("p", { className: "hint" }, say("page.moving.nowhere"))];
  const place = places.find(({ region }) => region === choice.to) ?? places[0];
  const grant = place.grants[choice.grant] ?? place.grants[0];
  choice.to = place.region;
  const again = (id) => {
    byId("moving").replaceChildren(...drawMoving(held, moved));
    byId(id)?.focus();
  };
  const change = (id, changes) => {
    choice = { ...choice, amounts: new Map(), quote: null, problem: null, ...changes };
    again(id);
  };
  const to = select("moving-to", places.map(({ region }) => [region, `${regionName(region, held.destinations)} ${region}`]), place.region, (region) => change("moving-to", { to: region, grant: 0 }));
  const by = select("moving-by", place.grants.map((one, at) => [at, `${pick(one.title)} · ${one.grant}`]), place.grants.indexOf(grant), (at) => change("moving-by", { grant: Number(at) }));
  const lots = held.lots.items.filter((lot) => lot.available > 0 && lot.origin === held.region && (!grant.scheme || lot.scheme === grant.scheme));
  const form = make("form", { className: "moving", noValidate: true },
    labelled("moving-to", "page.moving.to", to), labelled("moving-by", "page.moving.by", by), drawClause(grant), drawLots(lots), make("button", { type: "submit", hidden: lots.length === 0 }, say("page.moving.quote")));
  form.addEventListener("input", (event) => event.target.matches("select") || forgetQuote(held, moved));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask({ ...held, grant }, lots, moved);
  });
  return [form, make("div", { id: "moving-answer", role: "status" }, ...drawAnswer(held, moved))];
}

const labelled = (id, code, control) => make("div", {}, make("label", { htmlFor: id }, say(code)), control);

function select(id, options, chosen, act) {
  const element = make("select", { id }, ...options.map(([value, text]) => make("option", { value, selected: value === chosen }, text)));
  element.addEventListener("change", () => act(element.value));
  return element;
}

/** The grant as the agreement prints it. */
function drawClause({ article, agreement, title, version }) {
  const line = ({ name, value }) => make("div", {}, make("dt", {}, pick(name)), make("dd", {}, ...dated(pick(value))));
  const about = [field("page.recognition.agreement", pick(title), { beside: tell("page.moving.version", { n: version }) }), field("page.recognition.digest", agreement, { className: "code" })];
  return make("details", { className: "picks clause" }, make("summary", {}, pick(article.title)), make("dl", {}, ...article.clauses.map(line), ...about));
}

function drawLots(lots) {
  if (lots.length === 0) return make("p", { className: "hint" }, say("page.moving.no_lots"));
  const line = (lot) => {
    const id = `moving-${lot.id}`;
    const isIn = choice.amounts.has(lot.id);
    const tick = make("input", { type: "checkbox", id, checked: isIn });
    const sum = make("input", { type: "text", id: `${id}-sum`, inputMode: "decimal", autocomplete: "off", hidden: !isIn, value: choice.amounts.get(lot.id) ?? decimal(lot.available), ariaLabel: tell("page.moving.amount_of", { lot: lotName(lot) }) });
    const note = () => {
      sum.hidden = !tick.checked;
      if (tick.checked) choice.amounts.set(lot.id, sum.value);
      else choice.amounts.delete(lot.id);
    };
    tick.addEventListener("change", note);
    sum.addEventListener("input", note);
    const more = `${tell("page.moving.left", { amount: decimal(lot.available) })}${say("page.lots.between")}${ends(lot)}`;
    return make("li", {}, make("span", { className: "tick" }, tick, make("label", { htmlFor: id }, lotName(lot), make("small", {}, ...dated(more)))), sum);
  };
  return make("fieldset", { className: "lots-of" }, make("legend", {}, say("page.moving.lots")), make("ul", {}, ...lots.map(line)));
}

const tellAnswer = (held, moved) => byId("moving-answer")?.replaceChildren(...drawAnswer(held, moved));

/** What was answered is about something else as soon as the reader changes it. */
function forgetQuote(held, moved) {
  if (!choice.quote && !choice.problem) return;
  choice = { ...choice, quote: null, problem: null };
  tellAnswer(held, moved);
}

async function ask(held, lots, moved) {
  const { grant } = held;
  const asked = choice.amounts;
  const picks = lots.filter((lot) => asked.has(lot.id)).map((lot) => ({ lot: lot.id, amount: parseAmount(asked.get(lot.id)), most: lot.available }));
  const isGood = picks.every(({ amount, most }) => amount !== null && amount > 0 && amount <= most);
  const code = picks.length === 0 || picks.length > LOTS_MAX ? "page.moving.choose" : isGood ? null : "page.moving.amount";
  const body = JSON.stringify({ to: choice.to, agreement: grant.agreement, grant: grant.grant, lots: picks.map(({ lot, amount }) => ({ lot, amount })) });
  choice = { ...choice, quote: null, problem: code ? { code } : null, isBusy: !code };
  tellAnswer(held, moved);
  if (code) return;
  const { answer, problem } = await ownPost("v1/account/transfers:quote", body);
  // The reader may have signed out, or chosen something else.
  if (choice.amounts !== asked || !choice.isBusy) return;
  choice = { ...choice, quote: answer ? { answer, body, key: freshKey() } : null, problem: problem ?? null, isBusy: false };
  tellAnswer(held, moved);
}

/** Begins to move what was quoted. The key stays until there is an answer, so that pressing twice moves once. */
async function begin(held, moved) {
  const { quote } = choice;
  choice = { ...choice, problem: null, isBusy: true };
  tellAnswer(held, moved);
  const { answer, problem } = await ownPost("v1/account/transfers", quote.body, quote.key);
  if (choice.quote !== quote) return;
  if (answer) {
    forgetMoving();
    return moved(answer.id);
  }
  choice = { ...choice, problem: problem.code ? problem : { code: "page.moving.unsure" }, isBusy: false };
  tellAnswer(held, moved);
}

function drawAnswer(held, moved) {
  const { quote, problem, isBusy } = choice;
  const parts = quote ? drawQuote(quote.answer, held) : [];
  if (isBusy) parts.push(make("p", { className: "hint" }, say("page.account.waiting")));
  if (problem) parts.push(make("p", { className: "refused" }, say(problem.code) || problem.title || say("page.account.failed")), ...drawUnmet(problem.checks));
  if (quote?.answer.outcome === "recognised") {
    const button = make("button", { type: "button", disabled: isBusy }, tell("page.moving.confirm", { region: regionName(choice.to, held.destinations) }));
    button.addEventListener("click", () => begin(held, moved));
    parts.push(make("p", { className: "go" }, button));
  }
  return parts;
}

const drawUnmet = (checks = []) => (checks.length > 0 ? [make("ul", { className: "unmet" }, ...checks.map(({ check, want, got }) => make("li", {}, `${check}: ${want} / ${got}`)))] : []);

/** What would arrive and by what; or every condition, the ones that are not met with what is missing. */
function drawQuote({ outcome, decision, words = [], title, grant, day }, { destinations }) {
  const region = regionName(choice.to, destinations);
  const isGood = outcome === "recognised";
  const heading = make("h3", {}, tell(isGood ? "page.moving.would" : "page.moving.would_not", { region }));
  const by = make("dl", {}, ...[field("page.recognition.agreement", pick(title)), field("page.recognition.clause", grant, { className: "code" }), field("page.recognition.day", day, { className: "code" })].filter(Boolean));
  if (isGood) return [heading, make("ul", { className: "arrives" }, ...decision.gives.map(drawGiven)), by, make("p", { className: "hint" }, tell("page.moving.decides", { region }))];
  const checks = words.map((check, at) => ({ ...decision.checks[at], ...check })).sort((a, b) => Number(a.ok) - Number(b.ok));
  return [heading, by, make("ol", { className: "steps" }, ...checks.map(drawCheck))];
}

function drawGiven({ scheme, category, course, amount, expires }) {
  const facts = [category ? categoryName(category) : "", course ?? "", expires ? tell("page.lots.until", { day: expires }) : say("page.lots.never")].filter(Boolean);
  return make("li", {}, make("strong", {}, decimal(amount)), " ", make("span", { className: "code", translate: false }, scheme), make("small", {}, ...dated(facts.join(say("page.lots.between")))));
}
