#include "issue.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "node.hpp"

namespace fuzz {

static std::string shortened(const Answer &answer) {
	std::string text = answer.sqlstate + " " + answer.heard;
	for (const std::string &row : answer.rows)
		text += row + " ";
	text += answer.state;
	for (char &c : text)
		c = c == '\n' ? ' ' : c;
	return std::to_string(answer.rows.size()) + " rows " + text.substr(0, 300);
}

std::string described(const Trial &trial, const Verdict &verdict) {
	std::string text = "-- role: " + trial.role + "\n-- way: " + trial.way +
					   "\n-- settings: " + trial.settings + "\n-- warm: " + (trial.is_warm ? "yes" : "no") +
					   "\n-- ordered: " + (trial.is_ordered ? "yes" : "no") +
					   "\n-- writes: " + (trial.writes ? "yes" : "no") + "\n-- deleted: " + trial.deleted +
					   "\n-- difference: " + verdict.difference + "\n";
	for (const auto &[database, answer] : verdict.answers)
		text += "-- " + database + ": " + shortened(answer) + "\n";
	return text + trial.text + "\n";
}

std::string write_issue(const std::string &folder, const Trial &trial, const Verdict &verdict,
						const std::string &origin) {
	std::string name;
	for (int number = 1; number < 1000; ++number) {
		char digits[8];
		snprintf(digits, sizeof(digits), "%03d", number);
		name = folder + "/issue_" + digits + ".sql";
		if (!std::ifstream(name))
			break;
	}
	std::ofstream(name) << "-- from: " << origin << "\n" << described(trial, verdict);
	return name;
}

Trial read_issue(const std::string &file) {
	std::ifstream input(file);
	if (!input)
		throw std::runtime_error("cannot read " + file);
	std::map<std::string, std::string> known;
	Trial trial;
	std::string line;
	while (std::getline(input, line)) {
		const std::size_t colon = line.find(':');
		if (line.compare(0, 3, "-- ") == 0 && colon != std::string::npos)
			known[line.substr(3, colon - 3)] = line.substr(std::min(colon + 2, line.size()));
		else
			trial.text += (trial.text.empty() ? "" : "\n") + line;
	}
	trial.role = known["role"];
	trial.way = known["way"];
	trial.settings = known["settings"];
	trial.is_warm = known["warm"] == "yes";
	trial.is_ordered = known["ordered"] == "yes";
	trial.writes = known["writes"] == "yes";
	trial.deleted = known["deleted"];
	return trial;
}

} // namespace fuzz
