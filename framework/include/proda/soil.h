/** @file soil.h
 * What the code of vertically resolved soil structures shares: mixing by organisms and frost, and
 * how deep plants deliver carbon. Formulas reach both by name (clm5_mixing, profile_beta).
 *
 * Functions in two halves: the part of a site, computed once as plain doubles, and the part of a
 * draw, on lanes.
 */
#ifndef PRODA_SOIL_H
#define PRODA_SOIL_H

#include <stddef.h>

#include <proda/lane.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Diffusivity (m2 day-1) and velocity (m day-1) below which transport does not fall. It decides
 * the carbon of layers that nothing else reaches. */
#define PRODA_MIXING_FLOOR 1e-30

/** Forcing of mixing at one site. */
struct proda_mixing {
  size_t n_layers;
  const double *dz, *node, *interface; /**< [n_layers], m; interface is the lower face */
  size_t n_months;
  const double *active_layer;           /**< [n_months] depth thawed this year, m */
  const double *active_layer_last_year; /**< [n_months] */
  const double *bedrock;                /**< [n_months] number (from 1) of the layer with bedrock */
};

/** Numbers that proda_mixing_site fills. */
#define PRODA_MIXING_SIZE(n_layers) (6 * (n_layers))

/** The mean monthly transport operator of a site, as coefficients of its two diffusivities. Koven
 * et al. 2013 (doi 10.5194/bg-10-7109-2013) as discretised with Patankar's power law, the deeper of
 * both years' active layers deciding: up to 2 m frost mixes (cryoturbation, falling linearly to
 * zero at 3 m or the bedrock), deeper organisms do (bioturbation), where nothing thaws nothing
 * mixes.
 *
 * Every conductance is linear in the diffusivity that acts: the floor is 15 orders of magnitude
 * below it, so that the power law is 1 on mixing faces and the rest does not depend on parameters.
 *
 * coefficient: [2 bands: lower, upper][3: bioturbation, cryoturbation, constant][n_layers],
 * m-2 for the first two, day-1 for the last. */
void proda_mixing_site(const struct proda_mixing *mixing, double *coefficient);

/** The operator of a draw: transport[3][L] as in struct proda_terms, from the site's coefficients
 * and the diffusivities, m2 day-1. */
PRODA_INLINE void proda_mixing_bands(size_t n_layers, const lane *coefficient, lane bioturbation,
                                     lane cryoturbation, lane *transport)
{
  const size_t L = n_layers;
  const lane *lower = coefficient, *upper = coefficient + 3 * L;
  for (size_t l = 0; l < L; l++) {
    lane low = lower[l] * bioturbation + (lower[L + l] * cryoturbation + lower[2 * L + l]);
    lane up = upper[l] * bioturbation + (upper[L + l] * cryoturbation + upper[2 * L + l]);
    transport[l] = low;
    transport[2 * L + l] = up;
    transport[L + l] = -(low + up);
  }
}

struct proda_forcing;

/** One pass through the months of forcing->record of what carries over from each to the next (a
 * water deficit), from what the month before the first left; record[n_record] gets what each
 * leaves, of which the last is returned. */
typedef double proda_months_pass(const void *model, const struct proda_forcing *forcing,
                                 double carried, double *record);

/** Passes from `start` on until the record repeats itself: it is then what an endless repetition of
 * its months leads to. PRODA_REJECT where it does not repeat after 1000 passes, or is no number. */
int proda_months_repeat(proda_months_pass *pass, const void *model,
                        const struct proda_forcing *forcing, double start, double *record);

/** How deep the plant input goes: mean over layers of (1 - F)^(1 / (100 depth)), F the share of the
 * input down to the layer's lower face; for Jackson's profile and depths of the lower faces (m)
 * that is his beta. 1 - F is summed from below, so that no digits are lost to a difference from 1;
 * layers with nothing below (F = 1) are left out, NaN where that is all. input:
 * [n_inputs][n_layers] as in struct proda_terms. */
PRODA_INLINE lane proda_input_index(size_t n_layers, const double *dz, const double *depth,
                                    size_t n_inputs, const lane *input)
{
  lane total = lane_splat(0.0), below = lane_splat(0.0);
  lane sum = lane_splat(0.0), count = lane_splat(0.0);
  for (size_t k = 0; k < n_inputs; k++)
    for (size_t l = 0; l < n_layers; l++)
      total += dz[l] * input[k * n_layers + l];
  for (size_t l = n_layers; l-- > 0;) {
    lane_mask some = below > 0.0;
    lane root = lane_exp(lane_log(below / total) / (100.0 * depth[l]));
    sum += lane_select(some, root, lane_splat(0.0));
    count += lane_select(some, lane_splat(1.0), lane_splat(0.0));
    for (size_t k = 0; k < n_inputs; k++)
      below += dz[l] * input[k * n_layers + l];
  }
  return sum / count;
}

#ifdef __cplusplus
}
#endif
#endif
