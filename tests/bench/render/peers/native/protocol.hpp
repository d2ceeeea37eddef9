// The protocol of ../README.md for engines in C++.
#pragma once

#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// A call gives the text, or nothing when it only compiles.
using Call = std::function<std::string()>;
using Cases = std::vector<std::pair<std::string, Call>>;

inline std::string read_file(const std::string &path)
{
	std::ifstream in(path, std::ios::binary);
	std::ostringstream out;

	if (!in)
		throw std::runtime_error("cannot read " + path);
	out << in.rdbuf();
	return out.str();
}

// The partials by their names.
inline std::map<std::string, std::string> read_partials(const std::string &data)
{
	std::map<std::string, std::string> out;

	for (const char *name : { "labels", "probes", "resources" })
		out[name] = read_file(data + "/partials/" + name + ".mustache");
	return out;
}

inline void run(const Call &call, double seconds)
{
	using clock = std::chrono::steady_clock;
	auto start = clock::now();
	std::chrono::duration<double> elapsed(0);
	size_t count = 0, bytes = 0;

	while (elapsed.count() < seconds) {
		for (int i = 0; i < 8; i++)
			bytes += call().size();
		count += 8;
		elapsed = clock::now() - start;
	}
	if (bytes == 1) // never: so that no call is left out
		std::cerr << bytes;
	std::cout << count << ' ' << elapsed.count() << std::endl;
}

// The first case is the one that is written.
inline int serve(const std::string &version, const Cases &cases)
{
	std::string command, argument;
	double seconds;

	std::cout << "ready " << version;
	for (const auto &each : cases)
		std::cout << ' ' << each.first;
	std::cout << std::endl;
	while (std::cin >> command >> argument) {
		if (command == "write") {
			std::ofstream(argument, std::ios::binary)
				<< cases[0].second();
			std::cout << "ok" << std::endl;
			continue;
		}
		std::cin >> seconds;
		for (const auto &each : cases)
			if (each.first == argument)
				run(each.second, seconds);
	}
	return 0;
}
