// Mustache engines of npm: `node main.js ENGINE DATA`; the protocol is in ../README.md.
'use strict';
const fs = require('fs');
const path = require('path');
const readline = require('readline');

const [name, data] = process.argv.slice(2);
const read = (file) => fs.readFileSync(path.join(data, file), 'utf8');
const json = read('values.json');
const source = read('deployment.mustache');
const partials = {};
for (const each of ['labels', 'probes', 'resources']) partials[each] = read(`partials/${each}.mustache`);
const same = (text) => text;
const version = (module) => require(path.join(path.dirname(require.resolve(module)), module === 'handlebars' || module === 'hogan.js' ? '..' : '.', 'package.json')).version;

// compile() gives a function from values to text, and forgets what was compiled before.
const engines = {
  'mustache.js': () => {
    const mustache = require('mustache');
    return {
      version: version('mustache'),
      compile() {
        mustache.clearCache();
        mustache.parse(source);
        for (const each of Object.values(partials)) mustache.parse(each);
        return (values) => mustache.render(source, values, partials, { escape: same });
      },
    };
  },
  wontache: () => {
    const wontache = require('wontache');
    return {
      version: version('wontache'),
      compile() {
        const compiled = {};
        for (const each in partials) compiled[each] = wontache(partials[each]);
        const template = wontache(source);
        return (values) => template(values, { partials: compiled, escape: same });
      },
    };
  },
  'hogan.js': () => {
    const hogan = require('hogan.js');
    hogan.Template.prototype.v = hogan.Template.prototype.t; // no option turns escaping off
    return {
      version: version('hogan.js'),
      compile() {
        hogan.cache = {};
        const compiled = {};
        for (const each in partials) compiled[each] = hogan.compile(partials[each]);
        const template = hogan.compile(source);
        return (values) => template.render(values, compiled);
      },
    };
  },
  handlebars: () => {
    const handlebars = require('handlebars');
    // compat: names are looked up in the outer contexts as well, as mustache does.
    const options = { noEscape: true, compat: true };
    return {
      version: version('handlebars'),
      compile() {
        const compiled = {};
        for (const each in partials) compiled[each] = handlebars.compile(partials[each], options);
        const template = handlebars.compile(source, options);
        return (values) => template(values, { partials: compiled });
      },
    };
  },
};

const engine = engines[name]();
const values = JSON.parse(json);
const render = engine.compile();
const cases = {
  render: () => render(values),
  // Handlebars compiles at the first render: without one nothing would be measured.
  compile: () => engine.compile(),
  cold: () => engine.compile()(JSON.parse(json)),
};
if (name === 'handlebars') delete cases.compile;

let sink = 0;
function run(call, seconds) {
  const start = process.hrtime.bigint();
  const end = start + BigInt(Math.round(seconds * 1e9));
  let count = 0;
  let now;
  do {
    for (let i = 0; i < 8; i++) sink += call().length;
    count += 8;
    now = process.hrtime.bigint();
  } while (now < end);
  return `${count} ${Number(now - start) / 1e9}`;
}

console.log(['ready', engine.version, ...Object.keys(cases)].join(' '));
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const [command, argument, seconds] = line.split(' ');
  if (command === 'run') {
    console.log(run(cases[argument], Number(seconds)));
  } else {
    fs.writeFileSync(argument, render(values));
    console.log('ok');
  }
});
