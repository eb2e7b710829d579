#!/bin/sh
# Puts the modules of Vega that Debian's libjs-vega holds into one script, which sets globalThis.vega:
#   bundle.sh /usr/share/javascript/vega >vega.js
# Debian ships the modules without the bundle. Loaded one after another each would replace the global that
# the one before it had set; here each gets the exports that it asks for, as under node.
set -eu
folder=$1
plain="util dataflow scale scenegraph statistics format time projection runtime view parser functions interpreter"
transforms="transforms view-transforms encode geo label regression"
inner="canvas event-selector expression loader selection"

echo '/*'
cat "${0%/*}/vega.license"
echo '*/'
echo '(() => {'
echo 'const made = {}, bodies = {};'
echo 'const use = (name) => {'
echo '  if (!made[name]) { made[name] = {}; if (bodies[name]) bodies[name](made[name], use, {exports: made[name]}); }'
echo '  return made[name];'
echo '};'
for module in $plain $transforms $inner; do
  echo "bodies['vega-$module'] = function (exports, require, module) {"
  grep -v '^//# sourceMappingURL' "$folder/vega-$module.min.js"
  echo '};'
done
# The name by which the module of selections is asked for differs from its file's.
echo "bodies['vega-selections'] = bodies['vega-selection'];"
echo 'const vega = globalThis.vega = {};'
for module in $plain; do echo "Object.assign(vega, use('vega-$module'));"; done
for module in $transforms; do echo "Object.assign(vega.transforms, use('vega-$module'));"; done
echo '})();'
