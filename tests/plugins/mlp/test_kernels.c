/* The kernels against PyTorch's numbers (tests/data/mlp.nc) and against central differences.
 * Compiled for double, at each variable's rtol, and for float, within 3e-7 of the largest entry of
 * each array (what PyTorch itself reaches in float, golden/diagnostics-and-mlp.md). */
#include "testing.h"

#include "golden.h"
#include "plugins/mlp/loss.h"
#include "plugins/mlp/network.h"
#include "plugins/mlp/optimizer.h"

#include <stdbool.h>

#include <proda/random.h>

enum { BATCH = 16, ROOM = 512 };
static const size_t hidden[] = {8, 6};

struct fixture {
  int root;
  struct network network;
  real y[ROOM];
};

/* golden W is (out, in), the network's is (in, out) */
static void transpose(const double *from, size_t out, size_t in, double *to)
{
  for (size_t o = 0; o < out; o++)
    for (size_t i = 0; i < in; i++)
      to[i * out + o] = from[o * in + i];
}

/* All W and b of a group in the network's order; the name of layer l is prefix W<l> suffix. */
static void read_weights(int group, const struct network_shape *shape, const char *prefix,
                         const char *suffix, double *to)
{
  for (size_t l = 0; l < shape->n_layers; l++) {
    char name[64];
    double w[ROOM] = {0};
    size_t in = shape->width[l], out = shape->width[l + 1];
    snprintf(name, sizeof name, "%sW%zu%s", prefix, l + 1, suffix);
    assert_int_equal(golden_read(group, name, w, ROOM), in * out);
    transpose(w, out, in, to);
    snprintf(name, sizeof name, "%sb%zu%s", prefix, l + 1, suffix);
    assert_int_equal(golden_read(group, name, to + in * out, ROOM), out);
    to += (in + 1) * out;
  }
}

static void to_real(const double *from, size_t n, real *to)
{
  for (size_t i = 0; i < n; i++)
    to[i] = (real)from[i];
}

/* Steps of SGD on the scaled product diverge, in PyTorch as here: then only that they do counts. */
static bool diverged(double expected)
{
  return !(fabs(expected) < (sizeof(real) == 8 ? 1e100 : 1e10));
}

static void compare(const real *actual, const double *expected, size_t n, double rtol)
{
#ifndef MLP_DOUBLE
  double largest = 0;
  for (size_t i = 0; i < n; i++)
    largest = fmax(largest, fabs(expected[i]));
  rtol = 3e-7 * largest;
  for (size_t i = 0; i < n; i++)
    assert_close((double)actual[i], expected[i], 0, rtol);
#else
  for (size_t i = 0; i < n; i++)
    if (diverged(expected[i]))
      assert_true(diverged(actual[i]));
    else
      assert_close(actual[i], expected[i], rtol, 1e-17);
#endif
}

/* Each W and b on its own, as each has its own largest entry. */
static void compare_weights(const struct network_shape *shape, const real *actual,
                            const double *expected, double rtol)
{
  for (size_t l = 0; l < shape->n_layers; l++) {
    size_t n = shape->width[l] * shape->width[l + 1];
    compare(actual, expected, n, rtol);
    compare(actual + n, expected + n, shape->width[l + 1], rtol);
    actual += n + shape->width[l + 1];
    expected += n + shape->width[l + 1];
  }
}

static void load_start(struct fixture *f)
{
  double value[ROOM] = {0};
  read_weights(f->root, &f->network.shape, "", "", value);
  to_real(value, f->network.shape.n_weights, f->network.weight);
  to_real(value, golden_read(f->root, "x", value, ROOM), f->network.activation[0]);
  to_real(value, golden_read(f->root, "y", value, ROOM), f->y);
}

static int setup(void **state)
{
  static struct fixture f;
  struct network_shape shape;
  f = (struct fixture){0};
  network_shape_make(5, 3, 2, hidden, &shape);
  *state = &f;
  return golden_open(&f.root) != NC_NOERR ||
         network_init(&f.network, &shape, BATCH, 0.2) != PRODA_OK;
}

static int teardown(void **state)
{
  struct fixture *f = *state;
  network_free(&f->network);
  return nc_close(f->root);
}

static void test_forward(void **state)
{
  struct fixture *f = *state;
  const char *const name[] = {"a1", "a2", "forward"};
  double expected[ROOM];
  load_start(f);
  network_forward(&f->network, BATCH, NULL);
  for (size_t l = 0; l < 3; l++) {
    size_t n = golden_read(f->root, name[l], expected, ROOM);
    compare(f->network.activation[l + 1], expected, n, golden_rtol(f->root, name[l]));
  }
}

static void test_predict_is_forward(void **state)
{
  struct fixture *f = *state;
  double expected[ROOM];
  real scratch[2 * 8];
  const real *output = NULL;
  load_start(f);
  golden_read(f->root, "forward", expected, ROOM);
  for (size_t i = 0; i < BATCH; i++) {
    network_predict(&f->network.shape, f->network.weight, f->network.activation[0] + i * 5, scratch,
                    &output);
    compare(output, expected + i * 3, 3, 1e-12);
  }
}

static void check_gradients(struct fixture *f, int group, enum mlp_loss loss, const double *uniform)
{
  double expected[ROOM], value = 0;
  load_start(f);
  network_forward(&f->network, BATCH, uniform);
  double actual =
      loss_evaluate(loss, f->network.activation[3], f->y, BATCH * 3, f->network.delta[0]);
  network_backward(&f->network, BATCH, uniform != NULL);
  golden_read(group, "value", &value, 1);
  assert_close(actual, value, sizeof(real) == 8 ? golden_rtol(group, "value") : 3e-6, 0);
  read_weights(group, &f->network.shape, "d", "", expected);
  compare_weights(&f->network.shape, f->network.gradient, expected, 1e-9);
}

static void test_losses(void **state)
{
  struct fixture *f = *state;
  const char *const name[] = {"loss_product", "loss_scaled_product", "loss_mse", "loss_ratio"};
  for (int loss = MLP_LOSS_PRODUCT; loss <= MLP_LOSS_RATIO; loss++)
    check_gradients(f, golden_group(f->root, name[loss]), (enum mlp_loss)loss, NULL);
}

static void test_dropout_fixed_mask(void **state)
{
  struct fixture *f = *state;
  int group = golden_group(f->root, "dropout_fixed_mask");
  double mask[ROOM], uniform[ROOM], expected[ROOM];
  size_t n = golden_read(group, "mask1", mask, ROOM);
  n += golden_read(group, "mask2", mask + n, ROOM - n);
  for (size_t i = 0; i < n; i++)
    uniform[i] = mask[i] != 0 ? 0.1 : 0.9;
  check_gradients(f, group, MLP_LOSS_PRODUCT, uniform);
  n = golden_read(group, "forward", expected, ROOM);
  compare(f->network.activation[3], expected, n, golden_rtol(group, "forward"));
}

static void check_steps(struct fixture *f, const char *name, enum mlp_loss loss,
                        const struct mlp_settings *settings)
{
  int group = golden_group(f->root, name);
  struct optimizer optimizer;
  double expected[ROOM], before[ROOM];
  golden_read(group, "loss_before_step", before, ROOM);
  load_start(f);
  assert_int_equal(optimizer_init(&optimizer, settings, f->network.shape.n_weights), PRODA_OK);
  for (int step = 1; step <= 10; step++) {
    network_forward(&f->network, BATCH, NULL);
    double value =
        loss_evaluate(loss, f->network.activation[3], f->y, BATCH * 3, f->network.delta[0]);
    if (diverged(before[step - 1]))
      assert_true(diverged(value));
    else
      assert_close(value, before[step - 1], sizeof(real) == 8 ? 1e-10 : 1e-4, 0);
    network_backward(&f->network, BATCH, 0);
    optimizer_step(&optimizer, f->network.weight, f->network.gradient);
    if (sizeof(real) == 8 && (step <= 2 || step == 10)) {
      char suffix[32];
      snprintf(suffix, sizeof suffix, "_step%d", step);
      read_weights(group, &f->network.shape, "", suffix, expected);
      snprintf(suffix, sizeof suffix, "W1_step%d", step);
      compare_weights(&f->network.shape, f->network.weight, expected, golden_rtol(group, suffix));
    }
  }
  optimizer_free(&optimizer);
}

static void test_steps(void **state)
{
  static const struct {
    const char *name;
    struct mlp_settings settings;
  } optimizer[] = {
      {"steps_adadelta_lr0.001_", {.optimizer = MLP_ADADELTA, .learning_rate = 0.001}},
      {"steps_adadelta_lr1_", {.optimizer = MLP_ADADELTA, .learning_rate = 1}},
      {"steps_adam_lr0.001_", {.optimizer = MLP_ADAM, .learning_rate = 0.001}},
      {"steps_sgd_lr0.01_", {.optimizer = MLP_SGD, .learning_rate = 0.01}},
  };
  const char *const loss[] = {"product", "scaled_product"};
  for (size_t i = 0; i < 4; i++)
    for (int l = MLP_LOSS_PRODUCT; l <= MLP_LOSS_SCALED_PRODUCT; l++) {
      struct mlp_settings settings = optimizer[i].settings;
      settings.rho = 0.95;
      settings.beta1 = 0.9;
      settings.beta2 = 0.999;
      settings.epsilon = 1e-7;
      char name[64];
      snprintf(name, sizeof name, "%s%s", optimizer[i].name, loss[l]);
      check_steps(*state, name, (enum mlp_loss)l, &settings);
    }
}

#ifdef MLP_DOUBLE
static double loss_now(struct network *network, enum mlp_loss loss, const real *y, size_t n,
                       const double *uniform)
{
  const struct network_shape *shape = &network->shape;
  network_forward(network, n, uniform);
  return loss_evaluate(loss, network->activation[shape->n_layers], y,
                       n * shape->width[shape->n_layers], network->delta[0]);
}

/* (f(w + h) - f(w - h)) / 2h against backward, on a random net with dropout and a short batch. */
static void check_differences(size_t seed, enum mlp_loss loss)
{
  const size_t width[] = {7, 1, 9}, n = 5;
  struct network_shape shape;
  struct network network;
  struct proda_random random;
  double uniform[5 * 17], y[5 * 2], gradient[512];
  network_shape_make(4, 2, seed % 4, width, &shape);
  assert_int_equal(network_init(&network, &shape, 6, 0.3), PRODA_OK);
  proda_random_start(&random, seed, 99, 0);
  proda_random_uniforms(&random, shape.n_weights, network.weight); /* biases too: off the kink */
  for (size_t i = 0; i < shape.n_weights; i++)
    network.weight[i] -= 0.4;
  proda_random_uniforms(&random, 5 * 17, uniform);
  proda_random_uniforms(&random, 10, y);
  proda_random_uniforms(&random, n * 4, network.activation[0]);
  loss_now(&network, loss, y, n, uniform);
  network_backward(&network, n, 1);
  memcpy(gradient, network.gradient, shape.n_weights * sizeof *gradient);
  for (size_t i = 0; i < shape.n_weights; i++) {
    const double w = network.weight[i], h = 1e-6;
    network.weight[i] = w + h;
    double above = loss_now(&network, loss, y, n, uniform);
    network.weight[i] = w - h;
    double below = loss_now(&network, loss, y, n, uniform);
    network.weight[i] = w;
    double scale = fabs(above) + 1;
    assert_close(gradient[i], (above - below) / (2 * h), 1e-5, 1e-8 * scale);
  }
  network_free(&network);
}

static void test_gradient_by_differences(void **state)
{
  (void)state;
  for (size_t seed = 1; seed <= 24; seed++)
    for (int loss = MLP_LOSS_PRODUCT; loss <= MLP_LOSS_RATIO; loss++)
      check_differences(seed, (enum mlp_loss)loss);
}
#endif

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_forward),
      cmocka_unit_test(test_predict_is_forward),
      cmocka_unit_test(test_losses),
      cmocka_unit_test(test_dropout_fixed_mask),
      cmocka_unit_test(test_steps),
#ifdef MLP_DOUBLE
      cmocka_unit_test(test_gradient_by_differences),
#endif
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
