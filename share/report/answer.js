// @ts-check
// The answer in words, computed from the comparison; and the few numbers that stand beside it.
'use strict';

(() => {
  const {number, whole, fixed, percent, probability, listed} = globalThis.report;
  const {mapFigures, checkFigures} = globalThis.report;

  /** What a pair does at one depth: correlation, distance, land on which both agree within 1.5. */
  const pairNumbers = (m, pair, depth) => {
    const name = m.depths[depth];
    const [a, b] = m.pairs[pair];
    return [0, 1].map((k) => {
      const [x, y] = [m.field(a, k, name), m.field(b, k, name)];
      return {...(m.statistics(k, pair, name) || {r: NaN, distance: NaN, df: NaN, p: NaN}), agree: x && y ? mapFigures.agreement(m, x, y, 1.5) : NaN};
    });
  };

  /** Yes, in part, no, or not known: whether what the correlation lacks, and the distance from the 1:1 line, fall by a tenth. */
  const verdict = ([before, after]) => {
    if (![before.r, after.r].every(Number.isFinite)) return 'Not known';
    const falls = (f) => f(after) <= 0.9 * f(before);
    const signs = [falls((s) => 1 - s.r), falls((s) => s.distance)].filter(Boolean).length;
    return ['No', 'In part', 'Yes'][signs];
  };

  /** Root mean square of the ratio, from the distance to the 1:1 line of logarithms. */
  const apart = ({distance}) => 10 ** (distance * Math.SQRT2);

  const pairSentence = (m, pair, depth) => {
    const [before, after] = pairNumbers(m, pair, depth);
    const [first, second] = mapFigures.pairLabel(m, pair);
    const told = verdict([before, after]);
    const lead = {Yes: 'they converge', 'In part': 'they come closer by one measure, not by the other', No: 'they do not come closer', 'Not known': 'there is too little common land to tell'}[told];
    return {told, words: `${first} and ${second}: ${lead}. Calibrated on the same profiles, their maps of carbon in ${m.depthName(depth)} correlate with r = ${fixed(after.r)} ` +
      `(logarithms, d.f. = ${whole(after.df)}, ${probability(after.p)}; r = ${fixed(before.r)} before), differ by a factor of ${number(apart(after), 3)} in the root mean square ` +
      `(${number(apart(before), 3)} before) and agree within a factor of 1.5 on ${percent(after.agree)} of the common land (${percent(before.agree)} before).${commonWords(m)}`};
  };

  /** A warning where the comparison rests on little of the land. */
  const commonWords = (m) => {
    const [before, after] = m.compare.common_share || [1, 1];
    if (Math.min(before, after) >= 0.9) return '';
    return ` Take it with care: it rests on the land where all structures have a sound state, ${percent(before)} of it before and ${percent(after)} after.`;
  };

  const totalsSentence = (m, depth) => (m.compare.total_soc
    ? `On land the ${m.depthName(depth)} hold ${listed(m.structures.map((s) => `${number(m.compare.total_soc[1][s.index][depth], 4)} Pg C under ${s.label} (${number(m.compare.total_soc[0][s.index][depth], 4)} before)`))}.` : '');

  const componentsSentence = (m, pair) => {
    const found = m.six.filter((n) => n !== 'carbon_input').map((n) => ({name: m.quantity.get(n).long_name, s: m.statistics(1, pair, n), b: m.statistics(0, pair, n)})).filter((c) => Number.isFinite(c.s?.r));
    if (!found.length) return '';
    const words = (list) => listed(list.map((c) => `${c.name} (r = ${fixed(c.s.r)}${Number.isFinite(c.b?.r) ? `, ${fixed(c.b.r)} before` : ''})`));
    const agree = found.filter((c) => c.s.r >= 0.5).sort((x, y) => y.s.r - x.s.r);
    const not = found.filter((c) => c.s.r < 0.5).sort((x, y) => y.s.r - x.s.r);
    return `Of the components that lie behind it, ${agree.length ? `${words(agree)} ${agree.length > 1 ? 'have' : 'has'} much the same pattern in both` : 'none has the same pattern in both'}` +
      `${not.length ? `; ${words(not)} ${not.length > 1 ? 'do' : 'does'} not` : ''}.`;
  };

  const skillSentence = (m) => {
    const c = m.compare;
    if (!c.skill) return '';
    const g = checkFigures.groupShown(m);
    const i = c.source_name.indexOf('predicted');
    const k = c.metric_name.indexOf('nse');
    if (i < 0 || k < 0 || !Number.isFinite(c.skill[g][i][0][k] ?? NaN)) return '';
    const held = c.group_name[g] === 'held_out' ? 'sites held out from training' : 'kept sites';
    const differ = m.pairs.length !== 1 || !c.difference ? '' : `; their difference is ${fixed(c.difference[g][i][0][k])} (95 % interval ${fixed(c.difference_lower[g][i][0][k])} to ${fixed(c.difference_upper[g][i][0][k])})`;
    return `With parameters from the environment alone, the efficiency on measured layers of ${whole(c.skill_sites[g][i])} ${held} is ${listed(m.structures.map((s) => `${fixed(c.skill[g][i][s.index][k])} for ${s.label}`))}${differ}.`;
  };

  const sitesSentence = (m) => {
    const kept = m.sites.states.indexOf('kept');
    const all = m.sites.id.length;
    const common = m.sites.id.filter((_, i) => m.sites.state.every((row) => row[i] === kept)).length;
    return `Of ${whole(all)} profiles, ${whole(common)} were kept${m.structures.length > 1 ? ` under ${m.structures.length === 2 ? 'both' : 'all'} structures` : ''}.`;
  };

  const saturationSentence = (m) => (m.compare.saturating_channel?.length
    ? `Half-saturation is above 100 times the substrate at ${listed(m.compare.saturating_channel.map((c, i) => `${percent(m.compare.saturation_share_above_100[i])} of the sites for ${c} (${m.structures[m.compare.saturating_structure[i]].label})`))}, where kinetics are close to first order in the substrate.` : '');

  const truthSentence = (m, depth) => {
    if (!m.raw.truth || !m.truth(m.depths[depth])) return '';
    return `The world is synthetic: against the known truth of ${m.depthName(depth)}, ${listed(m.structures.map((s) => { const f = mapFigures.recovery(m, s.index, depth); return `${s.label} has r = ${fixed(f.r)} and ${fixed(f.factor)} times the carbon on average`; }))}.`;
  };

  /** {question, verdicts: [{told, words}], rest: [sentence], rule} */
  const answer = (m) => {
    const depth = Math.min(1, m.depths.length - 1);
    const verdicts = m.depths.length ? m.pairs.map((_, p) => pairSentence(m, p, depth)) : [];
    const rest = [totalsSentence(m, depth), truthSentence(m, depth), m.pairs.length === 1 ? componentsSentence(m, 0) : '', skillSentence(m), sitesSentence(m), saturationSentence(m)].filter(Boolean);
    return {
      question: m.pairs.length ? 'Do structurally different models converge once the same observations constrain them?' : `What does ${m.structures[0].label} make of the observations?`,
      verdicts, rest,
      rule: m.pairs.length ? 'Rule: yes, where from ad hoc to calibrated parameters both what the correlation lacks (1 − r) and the distance from the 1:1 line fall by a tenth or more; in part, where one of both does. ' +
        'Components count as alike from r = 0.5.' : '',
    };
  };

  /** Numbers in large type: [{label, before, after, unit}]. */
  const tiles = (m) => {
    const depth = Math.min(1, m.depths.length - 1);
    const totals = m.compare.total_soc ? m.structures.map((s) => ({label: `${s.label}, ${m.depthName(depth)}`, unit: 'Pg C',
      before: number(m.compare.total_soc[0][s.index][depth], 4), after: number(m.compare.total_soc[1][s.index][depth], 4)})) : [];
    if (m.pairs.length !== 1 || !m.depths.length) return totals;
    const [before, after] = pairNumbers(m, 0, depth);
    return [{label: `correlation of carbon, ${m.depthName(depth)}`, before: fixed(before.r), after: fixed(after.r), unit: 'r'},
      {label: 'land where both agree within 1.5', before: percent(before.agree), after: percent(after.agree), unit: ''}, ...totals];
  };

  Object.assign(globalThis.report, {answer, tiles});
})();
