## What `proda new` starts from: NAME in file names and @name@ in files become the new plugin's name.
modeltemplatedir = $(pkgdatadir)/templates/model
dist_modeltemplate_DATA = %D%/model/NAME.yaml %D%/model/README.md %D%/model/experiment.yaml %D%/model/test.sh
samplertemplatedir = $(pkgdatadir)/templates/sampler
dist_samplertemplate_DATA = %D%/sampler/NAME.c %D%/sampler/NAME.yaml %D%/sampler/README.md %D%/sampler/experiment.yaml \
  %D%/sampler/test.sh
emulatortemplatedir = $(pkgdatadir)/templates/emulator
dist_emulatortemplate_DATA = %D%/emulator/NAME.c %D%/emulator/NAME.yaml %D%/emulator/README.md %D%/emulator/experiment.yaml \
  %D%/emulator/test.sh
