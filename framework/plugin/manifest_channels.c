#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plugin/manifest_reader.h"

/* ---- expressions ---- */

struct name_check {
  const struct manifest_reader *reader;
  const struct proda_yaml_node *node;
  const char *const *known;
  size_t n_known;
  const char *what;
};

static int check_name(void *context, const struct proda_expression *name)
{
  const struct name_check *check = context;
  char hint[PRODA_HINT_SIZE];
  for (size_t i = 0; i < check->n_known; i++)
    if (strcmp(check->known[i], name->name) == 0)
      return PRODA_OK;
  return proda_yaml_error_in(check->reader->document, check->node, name->offset,
                             check->reader->error, "unknown %s '%.40s'%s", check->what, name->name,
                             proda_hint(name->name, check->known, check->n_known, hint));
}

/** An expression over the parameters; in a manifest of formulas anything that parses, to be checked
 * when all names are there. */
static int read_expression(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                           const char *const *parameter, const struct proda_expression **expression)
{
  struct name_check check = {reader, node, parameter, reader->manifest->n_parameters, "parameter"};
  struct proda_formula formula;
  if (proda_manifest_formula(reader, node, "", &formula))
    return PRODA_ERROR;
  *expression = formula.expression;
  if (reader->manifest->has_formulas)
    return PRODA_OK;
  if (proda_expression_names(formula.expression, check_name, &check))
    return PRODA_ERROR;
  const struct proda_expression *call = proda_expression_bad_call(formula.expression);
  return call ? proda_yaml_error_in(
                    reader->document, node, call->offset, reader->error,
                    "no function '%.40s' of %zu argument(s); known are exp(x), log(x), "
                    "sqrt(x), min(x, y, ...), max(x, y, ...)",
                    call->name, call->n_arguments)
              : PRODA_OK;
}

static int lookup_default(void *context, const char *name, double *value)
{
  const struct proda_manifest *manifest = context;
  long i = proda_manifest_parameter(manifest, name);
  if (i < 0)
    return -1;
  *value = manifest->parameter[i].default_value;
  return 0;
}

/** The parameters' names, which rates and fractions may use. */
static const char *const *parameter_names(const struct manifest_reader *reader)
{
  const struct proda_manifest *manifest = reader->manifest;
  const char **name = proda_manifest_alloc(reader, manifest->n_parameters, sizeof(char *));
  for (size_t i = 0; name && i < manifest->n_parameters; i++)
    name[i] = manifest->parameter[i].name;
  return name;
}

/* ---- channels ---- */

struct channel_reader {
  const struct manifest_reader *reader;
  const char *const *parameter;  /* names that expressions may use */
  struct proda_channel *channel; /* the manifest's, being filled */
  struct proda_transfer *transfer;
  struct proda_loss *loss;
};

static int read_transfer(const struct channel_reader *channels, size_t channel,
                         const struct proda_yaml_node *key, const struct proda_yaml_node *value,
                         double *share)
{
  const struct manifest_reader *reader = channels->reader;
  struct proda_manifest *manifest = reader->manifest;
  struct proda_transfer *transfer = &channels->transfer[manifest->n_transfers];
  char name[2 * 64 + 2];
  if (proda_manifest_choose_pool(reader, key, &transfer->recipient))
    return PRODA_ERROR;
  if (transfer->recipient == channels->channel[channel].donor)
    return proda_yaml_error(reader->document, key, reader->error,
                            "a channel cannot hand carbon back to its donor '%s'; lower its rate",
                            manifest->pool[transfer->recipient]);
  snprintf(name, sizeof name, "%s_%s", channels->channel[channel].name,
           manifest->pool[transfer->recipient]);
  transfer->channel = channel;
  transfer->name = proda_arena_text(reader->arena, name, strlen(name));
  if (!transfer->name)
    return proda_error_set(reader->error, "%s: out of memory", manifest->path);
  if (read_expression(reader, value, channels->parameter, &transfer->fraction))
    return PRODA_ERROR;
  transfer->fraction_text = value->text;
  transfer->fraction_node = value;
  manifest->n_transfers++;
  if (manifest->has_formulas)
    return PRODA_OK;
  double at_default = proda_expression_evaluate(transfer->fraction, lookup_default, manifest);
  if (!(at_default >= 0.0 && at_default <= 1.0))
    return proda_yaml_error(reader->document, value, reader->error,
                            "a fraction must lie in 0..1; with default parameters it is %g",
                            at_default);
  *share += at_default;
  return PRODA_OK;
}

static int read_recipients(const struct channel_reader *channels, size_t channel,
                           const struct proda_yaml_node *node)
{
  const struct manifest_reader *reader = channels->reader;
  double share = 0.0;
  if (!node)
    return PRODA_OK;
  for (size_t i = 0; i < node->n_items; i++)
    if (read_transfer(channels, channel, node->key[i], node->item[i], &share))
      return PRODA_ERROR;
  if (share > 1.0 + 1e-9)
    return proda_yaml_error(reader->document, node, reader->error,
                            "the channel '%s' hands over %g of its flux with default parameters; "
                            "at most 1 is there",
                            channels->channel[channel].name, share);
  return PRODA_OK;
}

/** An expression over parameters whose value must be above 0; `what` names it ("a rate"). */
static int read_positive(const struct channel_reader *channels, const struct proda_yaml_node *node,
                         const char *what, const struct proda_expression **expression,
                         const char **text)
{
  const struct manifest_reader *reader = channels->reader;
  if (!node)
    return PRODA_OK;
  if (read_expression(reader, node, channels->parameter, expression))
    return PRODA_ERROR;
  *text = node->text;
  if (reader->manifest->has_formulas)
    return PRODA_OK;
  double at_default = proda_expression_evaluate(*expression, lookup_default, reader->manifest);
  if (!(at_default > 0.0 && isfinite(at_default)))
    return proda_yaml_error(reader->document, node, reader->error,
                            "%s must be above 0; with default parameters it is %g", what,
                            at_default);
  return PRODA_OK;
}

static int read_rates(const struct channel_reader *channels, const struct proda_yaml_node *node,
                      struct proda_channel *channel)
{
  const struct manifest_reader *reader = channels->reader;
  const struct proda_yaml_node *half = proda_yaml_get(node, "half_saturation");
  bool formulas = reader->manifest->has_formulas;
  channel->linear = true;
  channel->rate_node = proda_yaml_get(node, "rate");
  if (formulas && !channel->rate_node)
    return proda_yaml_error(reader->document, node, reader->error,
                            "a channel lacks the key 'rate', which a manifest of formulas states "
                            "for all");
  if (formulas && proda_yaml_get(node, "linear"))
    return proda_yaml_error(reader->document, proda_yaml_get(node, "linear"), reader->error,
                            "whether a channel is linear follows from its formula; leave this out");
  if (proda_yaml_get_boolean(reader->document, node, "linear", &channel->linear, reader->error) ||
      read_positive(channels, channel->rate_node, "a rate", &channel->rate, &channel->rate_text) ||
      read_positive(channels, half, "a half-saturation", &channel->half_saturation,
                    &channel->half_saturation_text))
    return PRODA_ERROR;
  if (half && channel->linear && !formulas)
    return proda_yaml_error(reader->document, half, reader->error,
                            "a linear channel does not saturate; state `linear: false`, or no "
                            "half_saturation");
  return PRODA_OK;
}

static int read_modifier(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                         const struct proda_yaml_node *channel, size_t *modifier)
{
  const struct proda_manifest *manifest = reader->manifest;
  if (node)
    return proda_manifest_choose(reader, node, manifest->modifier, manifest->n_modifiers,
                                 "modifier", modifier);
  if (manifest->n_modifiers > 1)
    return proda_yaml_error(reader->document, channel, reader->error,
                            "a channel lacks the key 'modifier', and there are %zu of them",
                            manifest->n_modifiers);
  *modifier = 0;
  return PRODA_OK;
}

static int read_channel_name(const struct channel_reader *channels,
                             const struct proda_yaml_node *node, size_t index)
{
  const struct manifest_reader *reader = channels->reader;
  struct proda_channel *channel = &channels->channel[index];
  const struct proda_yaml_node *name = proda_yaml_get(node, "name");
  channel->name = reader->manifest->pool[channel->donor];
  if (name && proda_manifest_identifier(reader, name, "a channel", &channel->name))
    return PRODA_ERROR;
  for (size_t i = 0; i < index; i++)
    if (strcmp(channels->channel[i].name, channel->name) == 0)
      return proda_yaml_error(reader->document, name ? name : node, reader->error,
                              "a channel '%s' is there already; give this one a name of its own",
                              channel->name);
  return PRODA_OK;
}

static int name_loss(const struct channel_reader *channels, const char *name,
                     struct proda_loss *loss)
{
  char text[128];
  loss->name = name;
  snprintf(text, sizeof text, "loss_%.100s", name);
  loss->measure = proda_arena_text(channels->reader->arena, text, strlen(text));
  snprintf(text, sizeof text, "carbon that leaves as %.100s", name);
  loss->long_name = proda_arena_text(channels->reader->arena, text, strlen(text));
  return loss->measure && loss->long_name
             ? PRODA_OK
             : proda_error_set(channels->reader->error, "out of memory for a loss");
}

static int read_loss(const struct channel_reader *channels, const struct proda_yaml_node *node,
                     struct proda_channel *channel)
{
  const struct proda_yaml_node *given = proda_yaml_get(node, "loss");
  struct proda_manifest *manifest = channels->reader->manifest;
  channel->loss = "CO2";
  if (given && proda_manifest_identifier(channels->reader, given, "a loss", &channel->loss))
    return PRODA_ERROR;
  size_t k = 0;
  while (k < manifest->n_losses && strcmp(channels->loss[k].name, channel->loss) != 0)
    k++;
  channel->loss_index = k;
  if (k < manifest->n_losses)
    return PRODA_OK;
  manifest->n_losses++;
  return name_loss(channels, channel->loss, &channels->loss[k]);
}

static int read_channel(const struct channel_reader *channels, const struct proda_yaml_node *node,
                        size_t index)
{
  static const char *const known[] = {
      "name", "from", "rate", "modifier", "linear", "half_saturation", "to", "loss", NULL};
  static const char *const required[] = {"from", NULL};
  const struct manifest_reader *reader = channels->reader;
  struct proda_channel *channel = &channels->channel[index];
  if (proda_manifest_keys(reader, node, known, required, "a channel") ||
      proda_manifest_choose_pool(reader, proda_yaml_get(node, "from"), &channel->donor) ||
      read_channel_name(channels, node, index) || read_loss(channels, node, channel) ||
      read_rates(channels, node, channel) ||
      read_modifier(reader, proda_yaml_get(node, "modifier"), node, &channel->modifier))
    return PRODA_ERROR;
  return read_recipients(channels, index, proda_yaml_get(node, "to"));
}

static int count_transfers(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                           size_t *n)
{
  *n = 0;
  for (size_t i = 0; i < node->n_items; i++) {
    const struct proda_yaml_node *to = proda_yaml_get(node->item[i], "to");
    if (to && proda_yaml_expect(reader->document, to, PRODA_YAML_MAPPING, "to", reader->error))
      return PRODA_ERROR;
    *n += to ? to->n_items : 0;
  }
  return PRODA_OK;
}

/** Carbon must be able to leave every pool, else there is no steady state. */
static int check_donors(const struct manifest_reader *reader, const struct proda_yaml_node *node)
{
  const struct proda_manifest *manifest = reader->manifest;
  for (size_t pool = 0; pool < manifest->n_pools; pool++) {
    bool found = false;
    for (size_t i = 0; i < manifest->n_channels; i++)
      found = found || manifest->channel[i].donor == pool;
    if (!found)
      return proda_yaml_error(reader->document, node, reader->error,
                              "no channel takes carbon from the pool '%s'", manifest->pool[pool]);
  }
  return PRODA_OK;
}

int proda_manifest_read_channels(const struct manifest_reader *reader,
                                 const struct proda_yaml_node *node)
{
  struct proda_manifest *manifest = reader->manifest;
  struct channel_reader channels = {.reader = reader};
  size_t n_transfers;
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_SEQUENCE, "channels", reader->error) ||
      count_transfers(reader, node, &n_transfers))
    return PRODA_ERROR;
  channels.parameter = parameter_names(reader);
  channels.channel = proda_manifest_alloc(reader, node->n_items, sizeof *channels.channel);
  channels.transfer = proda_manifest_alloc(reader, n_transfers, sizeof *channels.transfer);
  channels.loss = proda_manifest_alloc(reader, node->n_items + 1, sizeof *channels.loss);
  if (!channels.parameter || !channels.channel || !channels.transfer || !channels.loss ||
      name_loss(&channels, "CO2", &channels.loss[manifest->n_losses++]))
    return PRODA_ERROR;
  manifest->loss = channels.loss;
  manifest->channel = channels.channel;
  manifest->transfer = channels.transfer;
  manifest->n_channels = node->n_items;
  for (size_t i = 0; i < node->n_items; i++)
    if (read_channel(&channels, node->item[i], i))
      return PRODA_ERROR;
  return check_donors(reader, node);
}
