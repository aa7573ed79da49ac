// The learner's account: signing in, what is held, a statement, the export, closing. Nothing of a person is kept when the session ends.
import { get } from "./api.js";
import { drawBalances, drawBars, drawLots } from "./credit.js";
import { field } from "./draw.js";
import { byId, make } from "./dom.js";
import { drawPostings, postingsAfter } from "./history.js";
import { bodiesOf, drawCertificates, drawLooks, forgetCodes, looksAfter, who } from "./holdings.js";
import { drawHours, drawYears, hoursOf } from "./hours.js";
import { destinationsOf, drawMoving, forgetMoving } from "./moving.js";
import { drawProgrammes, programmesOf } from "./programmes.js";
import { all, askOwn, endsAt, forget, isSignedIn, own, signIn, signOut, watch } from "./session.js";
import { drawStatement } from "./statement.js";
import { drawTransfers, forgetTransfers, isMoving, transfersOf } from "./transfers.js";
import { begin, local, say } from "./words.js";

/** Patience with an export, which may be long. */
const EXPORT_MS = 300_000;
/** Where what is drawn for a person stands. */
const DRAWN = ["person-lines", "balances", "hours-year", "hours-list", "timeline", "lots-table", "own", "programmes-list", "moving", "moves", "postings", "sheet", "looks"];

/** Milliseconds after which it is looked again for what is in transit, one after the other. */
const LOOKS_MS = [700, 1_500, 3_000, 6_000, 12_000, 24_000];

/** What is held about the person; none before it was read. */
let held = null;
/** The statement that is shown, and the table of lots as the reader left it. */
let statement = null;
let table = { isAll: false, open: new Map() };
/** Codes of words that stand above, beside the sign-in, beside the export and in the dialogue; empty: none. */
let told = { notice: "", refused: "", exported: "", close: "" };

const words = (problem) => (say(problem?.code ?? "") ? problem.code : "page.account.failed");

function tellAll(changes) {
  told = { ...told, ...changes };
  for (const [place, id] of [["notice", "notice"], ["refused", "refused"], ["exported", "exported"], ["close", "close-refused"]]) byId(id).textContent = say(told[place]);
}

function draw() {
  tellAll({});
  byId("sign-in").hidden = isSignedIn();
  byId("account").hidden = !held;
  document.body.classList.toggle("stated", statement !== null);
  byId("statement-print").hidden = !statement;
  if (!held) {
    for (const id of DRAWN) byId(id).replaceChildren();
    return;
  }
  drawPerson();
  byId("balances").replaceChildren(...drawBalances(held.balances, held.schemes, held.today));
  byId("lots").hidden = held.lots.items.length === 0;
  byId("timeline").replaceChildren(...drawBars(held.lots.items, held.schemes, held.today, widthOf("timeline")));
  byId("lots-table").replaceChildren(...drawLots(held.lots, held.schemes, held.bodies, table));
  byId("own").replaceChildren(...drawCertificates(held.certificates.items, held.bodies));
  byId("programmes").hidden = held.programmes.items.length === 0;
  byId("programmes-list").replaceChildren(...drawProgrammes(held.programmes.items, held));
  byId("hours").hidden = held.hours.schemes.length === 0;
  byId("hours-year").replaceChildren(...drawYears(Number(held.today.slice(0, 4)), held.hours.year));
  byId("moving").replaceChildren(...drawMoving(held, reread));
  drawAnew();
}

/** The width of an element in rem. */
const widthOf = (id) => byId(id).clientWidth / Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

/** What changes while the page is used. */
function drawAnew() {
  byId("sheet").replaceChildren(...(statement ? [drawStatement(statement, held.account, held.schemes)] : []));
  byId("looks").replaceChildren(...drawLooks(held.looks, moreLooks));
  byId("hours-list").replaceChildren(...drawHours(held.hours, held.schemes));
  byId("moves").replaceChildren(...drawTransfers(held.transfers, held.destinations, reread));
  byId("postings").replaceChildren(...drawPostings(held.postings, held.schemes, held.bodies, morePostings));
}

function drawPerson() {
  const { account } = held;
  const lines = [
    field("page.person.name", account.name, { className: "name" }),
    field("page.person.id4", account.id_last4, { className: "code" }),
    field("page.person.opened", local(account.opened_at)),
    field("page.person.opened_by", who(account.opened_by)),
    field("page.session.until", local(endsAt())),
  ];
  byId("person-lines").replaceChildren(...lines.filter(Boolean));
}

/** The civil day of the region. */
const dayIn = (region) => new Date(Date.now() + (region?.zone ?? 480) * 60_000).toISOString().slice(0, 10);

/** Reads what is held, and shows it. */
async function enter() {
  tellAll({ notice: "page.account.waiting", refused: "" });
  draw();
  // First of all: what is read after it knows of every transfer that has ended.
  const transfers = await transfersOf();
  const lists = ["v1/account/lots", "v1/account/certificates", "v1/schemes"].map((path) => all(path));
  const singles = [own("v1/account"), own("v1/account/balances"), looksAfter(null), hoursOf(), postingsAfter(null), get("v1/region"), destinationsOf()];
  const answers = await Promise.all([...lists, programmesOf(), ...singles]);
  const [lots, certificates, schemes, programmes, account, balances, looks, hours, postings, region, destinations] = answers;
  if (!isSignedIn()) return;
  if (account.problem) return tellAll({ notice: words(account.problem) });
  const bodies = await bodiesOf([lots, certificates, postings].flatMap((list) => (list.items ?? list.answer?.items ?? []).map((row) => (row.lot ?? row).provider)));
  if (!isSignedIn()) return;
  const none = { items: [], isWhole: true };
  const listed = (list) => (list.items ? list : none);
  held = {
    account: account.answer, balances: balances.answer ?? [], lots: listed(lots), certificates: listed(certificates), programmes: listed(programmes), bodies,
    schemes: new Map(listed(schemes).items.map((scheme) => [scheme.id, scheme])), looks: looks.answer ?? none, postings: postings.answer ?? none,
    hours: hours.answer ?? { schemes: [] }, today: dayIn(region.answer),
    transfers: listed(transfers), destinations: destinations.answer?.items ?? [], region: region.answer?.code,
  };
  const isPartly = [transfers, ...answers].some((part) => part.problem);
  byId("as-of").value = held.today;
  byId("as-of").max = held.today;
  tellAll({ notice: isPartly ? "page.account.partly" : "" });
  draw();
  byId("person-title").focus();
  follow();
}

/** Reads again what a transfer changes, transfers before all that they change, and shows the one that the reader has to do with. */
async function reread(transfer) {
  const transfers = await transfersOf();
  const [lots, balances, programmes, postings] = await Promise.all([all("v1/account/lots"), own("v1/account/balances"), programmesOf(), postingsAfter(null)]);
  if (!held) return;
  const read = { lots, programmes, transfers };
  for (const [name, list] of Object.entries(read)) if (list.items) held[name] = list;
  held.balances = balances.answer ?? held.balances;
  held.postings = postings.answer ?? held.postings;
  const at = document.activeElement?.id;
  draw();
  byId(transfer || at)?.focus();
  if (transfer) follow();
}

/** Looks again for what is in transit, less and less often, until it has ended. */
async function follow(look = 0) {
  const person = held?.account;
  if (look === LOOKS_MS.length || !person || !isMoving(held.transfers)) return;
  await new Promise((done) => setTimeout(done, LOOKS_MS[look]));
  if (held?.account !== person) return;
  const { items } = await transfersOf();
  if (held?.account !== person) return;
  const states = (list) => list.map(({ id, state }) => `${id} ${state}`).join();
  if (items && states(items) !== states(held.transfers.items)) await reread();
  await follow(look + 1);
}

/** Takes everything of the person off the page, and says why. */
function leave(code) {
  held = null;
  statement = null;
  table = { isAll: false, open: new Map() };
  forgetCodes();
  forgetMoving();
  forgetTransfers();
  if (byId("closing").open) byId("closing").close();
  tellAll({ notice: code, refused: "", exported: "", close: "" });
  draw();
  byId("notice").focus();
}

async function moreLooks() {
  const { answer, problem } = await looksAfter(held.looks.next);
  if (!held) return;
  if (problem) return tellAll({ notice: words(problem) });
  held.looks = { items: held.looks.items.concat(answer.items), next: answer.next };
  drawAnew();
}

async function morePostings() {
  const { answer, problem } = await postingsAfter(held.postings.next);
  if (!held) return;
  if (problem) return tellAll({ notice: words(problem) });
  const bodies = await bodiesOf(answer.items.map((posting) => posting.lot.provider), held.bodies);
  if (!held) return;
  const first = held.postings.items.length;
  held.postings = { items: held.postings.items.concat(answer.items), next: answer.next };
  held.bodies = bodies;
  drawAnew();
  byId("postings").querySelectorAll(".history-list > li")[first]?.focus();
}

async function askHours() {
  const { answer, problem } = await hoursOf(byId("hours-year").value);
  if (!held) return;
  tellAll({ notice: problem ? words(problem) : "" });
  if (answer) held.hours = answer;
  byId("hours-year").value = held.hours.year;
  drawAnew();
}

async function askStatement() {
  const day = byId("as-of").value;
  const { items, isWhole, problem } = await all(`v1/account/lots?${new URLSearchParams({ as_of: day })}`);
  if (!held) return;
  tellAll({ notice: problem ? words(problem) : "" });
  statement = problem ? null : { day, items, isWhole, at: Math.floor(Date.now() / 1000) };
  document.body.classList.toggle("stated", statement !== null);
  byId("statement-print").hidden = !statement;
  drawAnew();
  byId("sheet").querySelector("h3")?.focus();
}

/** The export as a file: a link cannot carry the token, so the page fetches it and hands it over. */
async function save() {
  byId("export").disabled = true;
  tellAll({ exported: "page.export.working" });
  const response = await askOwn("v1/account/export", { signal: AbortSignal.timeout(EXPORT_MS) });
  const file = response?.ok ? await response.blob().catch(() => null) : null;
  byId("export").disabled = false;
  if (!held) return;
  tellAll({ exported: file ? "page.export.done" : "page.account.failed" });
  if (!file) return;
  const address = URL.createObjectURL(file);
  make("a", { href: address, download: "hufu-account.json" }).click();
  URL.revokeObjectURL(address);
}

async function close() {
  const { problem } = await own("v1/account/close", { method: "POST" });
  if (!held) return;
  if (problem) return tellAll({ close: words(problem) });
  forget();
  leave("page.close.done");
}

/** Does `act` when a form is sent, which goes nowhere by itself. */
function onSubmit(id, act) {
  byId(id).addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
}

function listen() {
  onSubmit("sign-in", async () => {
    tellAll({ notice: "", refused: "" });
    const problem = await signIn(byId("code").value.trim());
    if (problem) return tellAll({ refused: words(problem) });
    byId("code").value = "";
    await enter();
  });
  byId("sign-out").addEventListener("click", async () => {
    const isDone = signOut();
    leave("page.session.signed_out");
    if (!(await isDone)) tellAll({ notice: "page.session.unsure" });
  });
  byId("hours-year").addEventListener("change", askHours);
  onSubmit("statement-ask", askStatement);
  byId("statement-print").addEventListener("click", () => window.print());
  byId("export").addEventListener("click", save);
  byId("close").addEventListener("click", () => {
    byId("understood").checked = false;
    tellAll({ close: "" });
    byId("closing").showModal();
  });
  byId("close-cancel").addEventListener("click", () => byId("closing").close());
  onSubmit("closing-form", close);
}

await begin(draw, ["words-account.json"]);
listen();
watch(() => leave("page.session.ended"));
if (isSignedIn()) await enter();
