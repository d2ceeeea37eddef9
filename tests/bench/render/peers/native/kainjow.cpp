// kainjow/Mustache (Debian libkainjow-mustache-dev): kainjow ENGINE DATA.
#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

#include "protocol.hpp"

using kainjow::mustache::data;
using kainjow::mustache::mustache;
using nlohmann::json;

static data to_data(const json &v)
{
	if (v.is_object()) {
		data out(data::type::object);
		for (const auto &each : v.items())
			out.set(each.key(), to_data(each.value()));
		return out;
	}
	if (v.is_array()) {
		data out(data::type::list);
		for (const auto &each : v)
			out.push_back(to_data(each));
		return out;
	}
	if (v.is_boolean())
		return data(v.get<bool>());
	return data(v.is_string() ? v.get<std::string>() : v.dump());
}

int main(int, char **argv)
{
	const std::string dir = argv[2];
	const std::string text = read_file(dir + "/values.json");
	const std::string source = read_file(dir + "/deployment.mustache");
	const auto partials = read_partials(dir);

	auto values = [&] {
		json parsed = json::parse(text);
		// It does not print booleans.
		json &shown = parsed["securityContext"]["runAsNonRoot"];
		shown = shown.dump();
		data out = to_data(parsed);
		for (const auto &each : partials)
			out.set(each.first,
				data(kainjow::mustache::partial(
					[&each] { return each.second; })));
		return out;
	};
	auto compile = [&] {
		mustache out(source);
		out.set_custom_escape([](const std::string &s) { return s; });
		return out;
	};
	data root = values();
	mustache set = compile();
	return serve(
		VERSION,
		{
			{ "render", [&] { return set.render(root); } },
			{ "compile",
			  [&] { return compile().error_message(); } },
			{ "cold", [&] { return compile().render(values()); } },
		});
}
