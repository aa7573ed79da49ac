// The vectors of trust bundles through the module: one runner, for Node and for a browser, into which it is sent as text. So it refers to
// nothing around it.

/** Runs every case of `{bundles, cases}`; gives how many there were and the names of those that ended otherwise than they should. */
export function runCases(verifier, Refusal, { bundles, cases }) {
  const bytes = (name) => Uint8Array.from(atob(bundles[name].replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const methods = { update: "update", apply: "apply", add_part: "addPart" };
  const differs = ({ anchor, bundle, then = [], card, now, verdict, refused }) => {
    const steps = [() => verifier.open(anchor, bytes(bundle))];
    for (const [kind, file] of then.flatMap(Object.entries)) steps.push(() => verifier[methods[kind]](bytes(file)));
    // A refusal is that of the last step; those before it are taken.
    const last = refused && steps.pop();
    for (const step of steps) step();
    if (!refused) return new TextDecoder().decode(verifier.judge(card, now).bytes) !== verdict;
    try {
      last();
    } catch (error) {
      if (!(error instanceof Refusal) || !error.zh || !error.en) throw error;
      return error.code !== refused;
    }
    return true;
  };
  const wrong = cases.filter(differs);
  return { count: cases.length, wrong: wrong.map(({ name }) => name) };
}
