// mstch (Debian libmstch-dev): mstch ENGINE DATA. It parses at every render.
#include <mstch/mstch.hpp>
#include <nlohmann/json.hpp>

#include "protocol.hpp"

using nlohmann::json;

static mstch::node to_node(const json &v)
{
	if (v.is_object()) {
		mstch::map out;
		for (const auto &each : v.items())
			out.insert({ each.key(), to_node(each.value()) });
		return out;
	}
	if (v.is_array()) {
		mstch::array out;
		for (const auto &each : v)
			out.push_back(to_node(each));
		return out;
	}
	if (v.is_boolean())
		return v.get<bool>();
	if (v.is_number_integer())
		return v.get<int>();
	return v.get<std::string>();
}

int main(int, char **argv)
{
	const std::string dir = argv[2];
	const std::string text = read_file(dir + "/values.json");
	const std::string source = read_file(dir + "/deployment.mustache");
	const auto partials = read_partials(dir);
	const mstch::node root = to_node(json::parse(text));

	mstch::config::escape = [](const std::string &s) { return s; };
	return serve(
		VERSION,
		{
			{ "render",
			  [&] {
				  return mstch::render(source, root, partials);
			  } },
			{ "cold",
			  [&] {
				  return mstch::render(
					  source, to_node(json::parse(text)),
					  partials);
			  } },
		});
}
