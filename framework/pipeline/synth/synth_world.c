#include "pipeline/synth/synth_world.h"

#include <math.h>
#include <stdlib.h>

static const double degree = M_PI / 180;
static const double earth_radius = 6371000.8; // m

const struct proda_world_label proda_world_label[PRODA_WORLD_N_COVARIATES] = {
    {"temperature_mean", "degC", "annual mean air temperature", 0},
    {"temperature_range", "K", "warmest minus coldest monthly mean", 0},
    {"precipitation_annual", "mm", "annual precipitation", 0},
    {"npp_annual", "gC m-2 yr-1", "net primary productivity", 0},
    {"sand_content", "%", "sand content", 0},
    {"clay_content", "%", "clay content", 0},
    {"elevation", "m", "elevation", 0},
    {"land_cover", "1", "land cover class", 1},
    {"soil_class", "1", "soil texture class", 1},
};

/** Continents as ellipses: centre and half axes, degrees. */
static const struct {
  double latitude, longitude, height, width;
} continent[] = {
    {50, -100, 22, 32}, {-15, -60, 27, 17}, {22, 5, 14, 22},    {-5, 22, 28, 14},
    {54, 75, 19, 62},   {28, 85, 17, 28},   {-25, 134, 11, 18},
};

static int is_land(double latitude, double longitude)
{
  for (size_t i = 0; i < sizeof continent / sizeof *continent; i++) {
    double y = (latitude - continent[i].latitude) / continent[i].height;
    double x = remainder(longitude - continent[i].longitude, 360) / continent[i].width;
    if (x * x + y * y < 1)
      return 1;
  }
  return 0;
}

/** A smooth pattern in -1..1, periodic in longitude; `phase` tells patterns apart. */
static double wave(const struct proda_world_cell *cell, double phase)
{
  double y = cell->latitude * degree, x = cell->longitude * degree;
  return 0.5 * sin(3 * y + phase) * cos(2 * x - 1.7 * phase) +
         0.5 * sin(3 * x + 2 * y + 2.3 * phase);
}

static double square(double x)
{
  return x * x;
}

static double gauss(double x)
{
  return exp(-x * x);
}

static double clamp(double x, double low, double high)
{
  return fmin(fmax(x, low), high);
}

static double land_cover(double temperature, double precipitation)
{
  if (precipitation < 350)
    return 6;
  if (temperature < -4)
    return 1;
  if (temperature < 4)
    return 2;
  if (temperature < 18)
    return 3;
  return precipitation > 1200 ? 4 : 5;
}

/** Miami model: the scarcer of warmth and water. */
static double production(double temperature, double precipitation)
{
  double warmth = 3000 / (1 + exp(1.315 - 0.119 * temperature));
  double water = 3000 * (1 - exp(-0.000664 * precipitation));
  return 0.45 * fmin(warmth, water);
}

static void fill_covariates(struct proda_world_cell *cell)
{
  double pole = square(sin(cell->latitude * degree));
  double elevation = 300 + 900 * square(fmax(0, wave(cell, 1.1))) + 250 * wave(cell, 4.2);
  elevation = fmax(5, elevation);
  double temperature = 29 - 44 * pole - 0.0055 * elevation + 2 * wave(cell, 2.7);
  double range = 2 * (2 + 19 * pole * (0.75 + 0.25 * wave(cell, 0.4)));
  double rain =
      250 + 2000 * gauss(cell->latitude / 12) + 700 * gauss((fabs(cell->latitude) - 48) / 16);
  double precipitation = rain * (1 + 0.45 * wave(cell, 5.3));
  double sand = 45 + 28 * wave(cell, 3.3);
  double clay = (100 - sand) * (0.38 + 0.14 * wave(cell, 6.1));
  double *covariate = cell->covariate;
  covariate[PRODA_WORLD_TEMPERATURE] = temperature;
  covariate[PRODA_WORLD_RANGE] = range;
  covariate[PRODA_WORLD_PRECIPITATION] = precipitation;
  covariate[PRODA_WORLD_NPP] = production(temperature, precipitation);
  covariate[PRODA_WORLD_SAND] = sand;
  covariate[PRODA_WORLD_CLAY] = clay;
  covariate[PRODA_WORLD_ELEVATION] = elevation;
  covariate[PRODA_WORLD_LAND_COVER] = land_cover(temperature, precipitation);
  covariate[PRODA_WORLD_SOIL] = sand > 55 ? 1 : clay > 20 ? 3 : 2;
}

int proda_world_make(double resolution, struct proda_world_cell **cell, size_t *n,
                     struct proda_error *error)
{
  int rows = (int)lround(180 / resolution), columns = 2 * rows;
  struct proda_world_cell *made = calloc((size_t)rows * (size_t)columns, sizeof *made);
  *n = 0;
  *cell = made;
  if (!made)
    return proda_error_set(error, "out of memory for a world of %d x %d cells", rows, columns);
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) {
      double south = -90 + i * resolution;
      struct proda_world_cell here = {.latitude = south + resolution / 2,
                                      .longitude = -180 + (j + 0.5) * resolution};
      if (!is_land(here.latitude, here.longitude))
        continue;
      here.area = square(earth_radius) * resolution * degree *
                  (sin((south + resolution) * degree) - sin(south * degree));
      fill_covariates(&here);
      made[(*n)++] = here;
    }
  return PRODA_OK;
}

/** Cosine of the season, 1 in the middle of the warmest month: July, or January in the south. */
static double season(const struct proda_world_cell *cell, int month, double delay)
{
  double angle = 2 * M_PI * (month - 6) / 12 - delay;
  return cell->latitude >= 0 ? cos(angle) : cos(angle + M_PI);
}

enum { DAMPING_DEPTH = 2 }; // m, of the annual wave

/** Annual mean and half range at the soil's surface; snow keeps cold ground warmer. */
static double ground_mean(const struct proda_world_cell *cell)
{
  double air = cell->covariate[PRODA_WORLD_TEMPERATURE];
  return air + 1 + 3 / (1 + exp(air / 3));
}

static double ground_amplitude(const struct proda_world_cell *cell)
{
  return 0.4 * cell->covariate[PRODA_WORLD_RANGE];
}

double proda_world_soil_temperature(const struct proda_world_cell *cell, double z, int month)
{
  double damped = ground_amplitude(cell) * exp(-z / DAMPING_DEPTH);
  return 273.15 + ground_mean(cell) + damped * season(cell, month, z / DAMPING_DEPTH);
}

double proda_world_active_layer(const struct proda_world_cell *cell)
{
  double mean = ground_mean(cell), amplitude = ground_amplitude(cell);
  if (mean >= 0)
    return 40;
  return fmax(0.3, DAMPING_DEPTH * log(amplitude / -mean));
}

/** Water that the air asks for, mm yr-1. */
static double demand(const struct proda_world_cell *cell)
{
  return 250 + 45 * fmax(0, cell->covariate[PRODA_WORLD_TEMPERATURE] + 5);
}

/** Precipitation against demand, 0..1. */
static double wetness(const struct proda_world_cell *cell)
{
  double precipitation = cell->covariate[PRODA_WORLD_PRECIPITATION];
  return precipitation / (precipitation + 0.6 * demand(cell));
}

double proda_world_evaporation(const struct proda_world_cell *cell, int month)
{
  return demand(cell) / 12 * (1 + 0.8 * season(cell, month, 0));
}

double proda_world_acidity(const struct proda_world_cell *cell)
{
  return 8.5 - 4 * wetness(cell);
}

double proda_world_water(const struct proda_world_cell *cell, double z, int month)
{
  double swing = -0.08 * season(cell, month, 0) * exp(-z);
  return clamp(0.05 + 0.5 * wetness(cell) + swing, 0.05, 1);
}

double proda_world_oxygen(const struct proda_world_cell *cell, double z)
{
  return 1 - 0.3 * square(wetness(cell)) * (1 - exp(-z));
}

double proda_world_nitrogen(const struct proda_world_cell *cell)
{
  return 0.7 + 0.25 / (1 + exp(-cell->covariate[PRODA_WORLD_TEMPERATURE] / 8));
}

double proda_world_production(const struct proda_world_cell *cell, int month)
{
  double sum = 0, half = cell->covariate[PRODA_WORLD_RANGE] / 2;
  for (int m = 0; m < 12; m++)
    sum += exp(0.07 * half * season(cell, m, 0));
  return cell->covariate[PRODA_WORLD_NPP] * exp(0.07 * half * season(cell, month, 0)) / sum;
}

double proda_world_wood(const struct proda_world_cell *cell)
{
  static const double share[] = {0, 0.02, 0.2, 0.2, 0.25, 0.08, 0.01};
  return share[(int)cell->covariate[PRODA_WORLD_LAND_COVER]];
}
