/** @file manifests.h
 * A small manifest of formulas with one of everything, into which a test puts its own.
 */
#ifndef PRODA_TESTS_FORMULA_MANIFESTS_H
#define PRODA_TESTS_FORMULA_MANIFESTS_H

#include "testing.h"

#include "plugin/manifest.h"

/** Where a formula can stand; "" for a place that the test leaves as it is. */
struct manifest_parts {
  const char *define;    /**< lines "  name: formula\n" */
  const char *modifier;  /**< of xi */
  const char *input;     /**< of A */
  const char *rate;      /**< of A */
  const char *fraction;  /**< of A to B */
  const char *transport; /**< lines behind "transport:\n" */
  const char *steady;    /**< lines "  name: formula\n" */
  const char *refuse;    /**< a condition */
  const char *quantity;  /**< a formula in gC m-2 */
};

enum { MANIFEST_PARTS_SIZE = 1 << 16 };

static inline const char *manifest_or(const char *text, const char *otherwise)
{
  return text && *text ? text : otherwise;
}

/** The text; `steady` stands for a pool B that A's rate depends on. */
static inline __attribute__((unused)) void manifest_put_together(const struct manifest_parts *p,
                                                                 char *text)
{
  snprintf(
      text, MANIFEST_PARTS_SIZE,
      "proda: 1\nkind: model\nname: parts\ntitle: Parts\ntime: day\n"
      "grid: {dz: [0.1, 0.3, 0.6], node: [0.05, 0.25, 0.7], interface: [0.1, 0.4, 1.0]}\n"
      "settings:\n"
      "  kinetics: {type: choice, choices: [MM, LIN], default: MM, doc: rate law}\n"
      "  deep:     {type: boolean, default: true, doc: deeper}\n"
      "  limit:    {type: number, default: 0.5, unit: m, doc: depth}\n"
      "  several:  {type: list, default: [1, 2], doc: numbers}\n"
      "drivers:\n"
      "  soil:  {unit: K, dims: [layer, month]}\n"
      "  air:   {unit: degC, dims: [month]}\n"
      "  water: {unit: \"1\", dims: [layer, month]}\n"
      "  clay:  {unit: \"%%\", dims: [layer]}\n"
      "  npp:   {unit: gC m-2 month-1, dims: [month]}\n"
      "  thaw:  {unit: m, dims: [month]}\n"
      "  rock:  {unit: \"1\", dims: [month]}\n"
      "  given: {unit: gC m-3 yr-1, dims: [layer], optional: true}\n"
      "parameters:\n"
      "  tau:  {term: K, unit: yr, default: 2, prior: [1, 4]}\n"
      "  rho:  {term: K, unit: day, default: 20, prior: [10, 40]}\n"
      "  q:    {term: xi, unit: \"1\", default: 2, prior: [1, 3]}\n"
      "  f:    {term: A, unit: \"1\", default: 0.4, prior: [0, 1]}\n"
      "  beta: {term: I, unit: \"1\", default: 0.96, prior: [0.5, 0.99], prescribed_by: [given]}\n"
      "  Ea:   {term: xi, unit: kJ mol-1, default: 50, prior: [40, 60]}\n"
      "  Km:   {term: K, unit: gC m-3, default: 100, prior: [10, 1000]}\n"
      "  mix:  {term: V, unit: m2 yr-1, default: 1.0e-4, prior: [3.0e-5, 5.0e-4]}\n"
      "pools: [A, B]\n"
      "functions:\n"
      "  shape: {arguments: [K, \"1\"], unit: \"1\"}\n"
      "define:\n%s"
      "modifiers:\n  xi: %s\n"
      "inputs:\n  A: %s\n"
      "channels:\n"
      "  - from: A\n    rate: %s\n    to:\n      B: %s\n"
      "  - {from: B, rate: 1 / rho}\n"
      "%s%s%s%s"
      "refuse:\n  - when: %s\n    reason: none\n"
      "quantities:\n  stock: {unit: gC m-2, doc: stock}\n  other:\n    unit: gC m-2\n"
      "    doc: other\n    value: %s\n"
      "observe:\n  soc: {sum: A + B, unit: gC m-3}\n",
      manifest_or(p->define, "  one: 1\n"), manifest_or(p->modifier, "mean(month, water)"),
      manifest_or(p->input, "mean(month, npp) * root_profile(beta) / dz"),
      manifest_or(p->rate, "1 / tau"), manifest_or(p->fraction, "f"),
      p->transport && *p->transport ? "transport:\n  pools: [A]\n" : "",
      manifest_or(p->transport, ""), p->steady && *p->steady ? "steady:\n" : "",
      manifest_or(p->steady, ""), manifest_or(p->refuse, "sum(layer, A * dz) < 0"),
      manifest_or(p->quantity, "sum(layer, A * dz)"));
}

/** Parses; the message is "f.yaml:line:column: what". */
static inline __attribute__((unused)) int manifest_parse_parts(const struct manifest_parts *parts,
                                                               struct proda_manifest **manifest,
                                                               struct proda_error *error)
{
  static char text[MANIFEST_PARTS_SIZE];
  manifest_put_together(parts, text);
  return proda_manifest_parse("parts.yaml", text, strlen(text), manifest, error);
}

#endif
