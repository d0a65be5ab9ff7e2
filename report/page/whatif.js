// What if: works out what costing.Reckon works out, in whole pence, from the figures of the page and the reader's inputs.
(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("what-if-data").textContent);
  var form = document.getElementById("what-if-form");
  var mark = "#what-if:";
  var measures = ["At list price", "Payable under the contracts", "Cashable"];

  // Half away from zero, as the engine rounds.
  function round(x) { return x < 0 ? -Math.round(-x) : Math.round(x); }

  // The inputs: pence or shares; null where nobody states one.
  function supplied(account) {
    var s = { cost: data.cost, attribution: data.attribution, deadweight: account.deadweight ? data.deadweight : 0, optimism: data.optimism, lines: {} };
    account.lines.forEach(function (l) { s.lines[l.key] = { price: l.price, payable: l.payable, cashable: l.cashable }; });
    return s;
  }

  function reckon(account, s) {
    var sums = [0, 0, 0], stated = [true, true, true], priced = 0, off = 0, nothing = true, steps = [];
    account.lines.forEach(function (l) {
      var of = s.lines[l.key];
      if (of.price === null) { return; }
      priced++;
      var events = l.averted * l.factor;
      var gross = round(events * of.price);
      sums[0] += gross;
      steps.push([l.label, gross]);
      off += Math.ceil(l.off * l.factor * of.price - 1e-9);
      if (of.price > 0) { nothing = nothing && l.nothing; }
      [[1, l.contract === null ? of.price : l.contract, of.payable], [2, of.price, of.cashable]].forEach(function (m) {
        if (m[2] === null) { stated[m[0]] = false; } else { sums[m[0]] += round(events * m[2] * m[1]); }
      });
    });
    var result = { cost: null, positions: [null, null, null], steps: steps, off: off, nothing: nothing };
    if (s.cost !== null && s.cost > 0 && account.served > 0) {
      result.cost = round(account.people / account.served * s.cost);
      result.raised = round((1 + data.onCost) * account.people / account.served * s.cost);
    }
    if (priced === 0) { return result; }
    sums.forEach(function (sum, i) {
      if (!stated[i]) { return; }
      var kept = sum < 0 ? 1 : s.attribution * (1 - s.deadweight) * (1 - s.optimism);
      var p = { difference: sum, credited: 0, net: null, share: null };
      account.years.forEach(function (y) { p.credited += round(kept * y[0] * y[1] * sum); });
      if (result.cost !== null) {
        p.net = p.credited - result.raised;
        if (sum > 0) { p.share = result.cost / sum; }
      }
      result.positions[i] = p;
    });
    return result;
  }

  function pounds(pence, account) {
    if (account.whole) { pence = 100 * round(pence / 100); }
    var size = Math.abs(pence), places = size % 100 === 0 ? 0 : 2;
    return (pence < 0 ? "\u2212" : "") + "\u00a3" + (size / 100).toLocaleString("en-GB", { minimumFractionDigits: places, maximumFractionDigits: places });
  }

  // Whether an amount is less than the rounding that protects people.
  function near(result, p, amount) {
    var by = result.off, list = result.positions[0];
    if (list && list.difference !== 0) { by *= p.difference / list.difference; }
    return by !== 0 && Math.abs(amount) <= Math.trunc(Math.abs(by));
  }

  function share(result, p) {
    if (result.cost === null) { return "no cost stated"; }
    if (near(result, p, p.difference - result.cost)) { return "nearer to it than figures are rounded, so it can't be told"; }
    if (p.share === null || p.share > 1) { return "no share would do"; }
    return "at least " + Math.ceil(100 * p.share - 1e-9) + "%";
  }

  function texts(account, result, i) {
    var p = result.positions[i], none = "not stated", maybe = "may be nothing";
    if (!p) { return [none, none, none, none]; }
    if (result.nothing) { return [maybe, maybe, maybe, maybe]; }
    var net = p.net === null ? none : near(result, p, p.net) ? "nearer to nothing than figures are rounded" : pounds(p.net, account);
    return [pounds(p.difference, account), pounds(p.credited, account), net, share(result, p)];
  }

  // Numbers of the form: pounds and percent.
  function field(name) { return form.elements[name]; }
  function each(visit) {
    ["cost", "attribution", "deadweight", "optimism"].forEach(function (name) { visit(name, name === "cost", "", name); });
    account.lines.forEach(function (l) {
      ["price", "payable", "cashable"].forEach(function (what) { visit(what + "." + l.key, what === "price", l.key, what); });
    });
  }
  function get(s, key, what) { return key ? s.lines[key][what] : s[what]; }
  function set(s, key, what, v) { if (v === undefined) { return; } if (key) { s.lines[key][what] = v; } else { s[what] = v; } }
  function shown(v, money) { return v === null ? "" : String(money ? v / 100 : round(v * 1e8) / 1e6); }
  var most = 1e9, unset = { attribution: 1, deadweight: 0, optimism: 0 };
  // What is said of an input: pence or a share, within its bounds; as the engine has it where nothing is said; undefined for what is no number.
  function parsed(text, money, what) {
    text = text.trim();
    if (text === "") { return what in unset ? unset[what] : null; }
    if (!/^-?\d*\.?\d+$|^-?\d+\.$/.test(text)) { return undefined; }
    var v = Math.min(money ? most : 100, Math.max(0, Number(text)));
    return money ? round(v * 100) : v / 100;
  }

  var account, state, base;
  function choose(id) {
    account = data.accounts.filter(function (a) { return a.id === id; })[0] || data.accounts[0];
    base = supplied(account);
    state = supplied(account);
    field("account").value = account.id;
    field("deadweight").closest(".control").hidden = !account.deadweight;
    Array.prototype.forEach.call(form.querySelectorAll("[data-line]"), function (set) {
      set.hidden = !account.lines.some(function (l) { return l.key === set.getAttribute("data-line"); });
    });
    each(function (name, money, key, what) {
      var slider = field(name + ".slider"), top = get(base, key, what);
      if (what === "cost") {
        var position = reckon(account, base).positions[0];
        slider.max = Math.max(1000, Math.ceil(Math.max(2 * (top || 0), position ? 1.5 * Math.abs(position.difference) : 0) / 1e5) * 1000);
        slider.step = 100;
      } else if (money) {
        slider.max = top === null ? 200 : Math.max(1, Math.ceil(top / 50));
        slider.step = slider.max > 40 ? 1 : 0.1;
      }
      fill(name, money, get(state, key, what));
    });
  }
  function fill(name, money, v) {
    field(name).value = shown(v, money);
    field(name + ".slider").value = v === null ? 0 : money ? v / 100 : 100 * v;
  }

  function changed() {
    var list = [];
    each(function (name, money, key, what) {
      var v = get(state, key, what);
      if (v !== get(base, key, what)) { list.push([name, v === null ? "" : shown(v, money)]); }
    });
    return list;
  }

  // Applies a list of changes as far as the account has what they are of.
  function apply(list) {
    each(function (name, money, key, what) {
      list.forEach(function (c) {
        if (c[0] === name) {
          set(state, key, what, parsed(c[1], money, what));
          fill(name, money, get(state, key, what));
        }
      });
    });
  }

  function address() {
    var list = changed(), first = account === data.accounts[0];
    var hash = list.length || !first ? mark + ["account=" + account.id].concat(list.map(function (c) { return encodeURIComponent(c[0]) + "=" + encodeURIComponent(c[1]); })).join("&") : "#what-if";
    try { history.replaceState(null, "", hash); } catch (e) { /* some browsers don't let a file do so */ }
  }

  function restore() {
    if (location.hash.indexOf(mark) !== 0) { return false; }
    var given = {};
    location.hash.slice(mark.length).split("&").forEach(function (pair) {
      var at = pair.indexOf("=");
      try { if (at > 0) { given[decodeURIComponent(pair.slice(0, at))] = decodeURIComponent(pair.slice(at + 1)); } } catch (e) { /* an address cut short */ }
    });
    choose(given.account);
    apply(Object.keys(given).map(function (name) { return [name, given[name]]; }));
    return true;
  }

  function draw(result) {
    var svg = document.getElementById("what-if-chart"), ns = "http://www.w3.org/2000/svg";
    while (svg.firstChild) { svg.removeChild(svg.firstChild); }
    var p = result.positions[0], steps = [], at = 0;
    if (!p || result.nothing) { svg.setAttribute("viewBox", "0 0 680 1"); return; }
    result.steps.forEach(function (s) { steps.push([s[0], at, at + s[1], s[1], s[1] < 0 ? "cost" : "gain"]); at += s[1]; });
    steps.push(["Difference at list price", 0, at, at, "total"]);
    if (p.credited !== p.difference) { steps.push(["Not credited to it", p.difference, p.credited, p.credited - p.difference, "cost"]); }
    if (p.net !== null) {
      steps.push(["Cost of the service", p.credited, p.net, -result.raised, "cost"]);
      if (!near(result, p, p.net)) { steps.push(["Net of its cost", 0, p.net, p.net, "total"]); }
    }
    var low = 0, high = 0;
    steps.forEach(function (s) { low = Math.min(low, s[1], s[2]); high = Math.max(high, s[1], s[2]); });
    var x = function (v) { return 190 + 360 * (v - low) / (high - low || 1); };
    svg.setAttribute("viewBox", "0 0 680 " + (26 * steps.length + 8));
    function put(name, attributes, text) {
      var e = document.createElementNS(ns, name);
      Object.keys(attributes).forEach(function (k) { e.setAttribute(k, attributes[k]); });
      if (text) { e.textContent = text; }
      svg.appendChild(e);
    }
    put("line", { x1: x(0), x2: x(0), y1: 2, y2: 26 * steps.length + 4, "class": "axis" });
    steps.forEach(function (s, i) {
      var y = 26 * i + 6, left = Math.min(x(s[1]), x(s[2])), right = Math.max(x(s[1]), x(s[2]));
      put("text", { x: 184, y: y + 14, "text-anchor": "end" }, s[0].length > 30 ? s[0].slice(0, 29) + "\u2026" : s[0]);
      put("rect", { x: left, y: y, width: Math.max(1, right - left), height: 18, "class": s[4] });
      put("text", { x: right + 6, y: y + 14, "class": "value" }, pounds(s[3], account));
    });
  }

  // What the difference at list price comes to, in words.
  function sentence(result) {
    var p = result.positions[0];
    if (!p) { return "No activity has a price."; }
    if (result.nothing) { return "Each difference that has a price may be nothing, and so may all of them."; }
    var text = "The difference at list price is " + pounds(p.difference, account) + ".";
    if (result.cost === null) { return text + " State a cost to see what is left of it."; }
    if (near(result, p, p.net)) {
      text += " After corrections it and the cost are nearer to each other than figures are rounded to protect people.";
    } else {
      text += " After corrections and net of the cost, " + pounds(p.net, account) + " is left.";
    }
    if (p.difference <= 0) { return text + " Use rose, so there is nothing to cover the cost with."; }
    if (near(result, p, p.difference - result.cost)) { return text + " Whether the difference covers the cost can't be told."; }
    if (p.share > 1) { return text + " The difference does not cover the cost, even if all of it is due to the service."; }
    return text + " Before corrections, " + share(result, p) + " of the difference must be due to the service to cover the cost.";
  }

  function show() {
    var result = reckon(account, state), list = changed();
    measures.forEach(function (name, i) {
      texts(account, result, i).forEach(function (t, j) { document.getElementById("what-if-" + i + "-" + j).textContent = t; });
      var p = result.positions[i], row = document.getElementById("what-if-" + i);
      row.setAttribute("data-difference", p ? p.difference : "");
      row.setAttribute("data-credited", p ? p.credited : "");
      row.setAttribute("data-net", p && p.net !== null ? p.net : "");
      row.setAttribute("data-share", p && p.share !== null ? p.share : "");
    });
    document.getElementById("what-if-account").textContent = account.label;
    document.getElementById("what-if-served").textContent = data.cost === null ? "of the " + account.people.toLocaleString("en-GB") + " people analysed" : "over its periods, for its " + account.served.toLocaleString("en-GB") + " people served";
    account.lines.forEach(function (l) { document.getElementById("what-if-averted-" + l.key).textContent = l.averted.toLocaleString("en-GB", { maximumFractionDigits: 1 }).replace("-", "\u2212"); });
    var own = list.length === 0;
    var says = own ? "These are the report's own figures." : "These are not the report's figures: " + list.length + (list.length === 1 ? " input is" : " inputs are") + " changed.";
    document.getElementById("what-if-says").textContent = says + " " + sentence(result);
    form.classList.toggle("changed", !own);
    draw(result);
  }

  form.addEventListener("input", function (event) {
    var name = event.target.name;
    if (name === "account") {
      var kept = changed();
      choose(event.target.value);
      apply(kept);
    } else {
      var plain = name.replace(/\.slider$/, "");
      each(function (n, money, key, what) {
        if (n !== plain || event.target.validity.badInput) { return; }
        set(state, key, what, parsed(event.target.value, money, what));
        if (plain === name) { field(name + ".slider").value = event.target.value || 0; } else { field(plain).value = event.target.value; }
      });
    }
    address();
    show();
  });
  form.addEventListener("change", function () { // what is shown is what is reckoned with
    each(function (name, money, key, what) { fill(name, money, get(state, key, what)); });
  });
  document.getElementById("what-if-reset").addEventListener("click", function () {
    choose(account.id);
    address();
    show();
  });
  window.addEventListener("hashchange", function () { if (restore()) { show(); } });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.hidden = false;
  if (restore()) { document.getElementById("what-if").scrollIntoView(); } else { choose(data.accounts[0].id); }
  show();
})();
