#include "cli/cli.h"

int main(void)
{
  return CLI_OK;
}
