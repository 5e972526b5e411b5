// Clients of a pool at work for many tenants while these are suspended and tables unprotected; test/load/run
// starts the servers.
#include <chrono>
#include <iostream>
#include <thread>

#include <CLI/CLI.hpp>

#include "administrator.hpp"
#include "client.hpp"
#include "verdict.hpp"

namespace {

struct Options {
	load::Run run{60, 200, 1000, "", 0};
	std::string server;
	std::string pooler;
	bool as_json = false;
};

// Of eight clients two keep their server connection for a session; of ten eight are an ordinary role's.
std::vector<std::unique_ptr<load::Client>> make_clients(const Options &options, load::World &world,
														load::Book &book) {
	static const std::vector<std::string> special = {"load_owner", "load_superuser"};
	std::vector<std::unique_ptr<load::Client>> clients;
	for (int number = 1; number <= options.run.clients; ++number) {
		const bool is_session = number % 8 >= 6;
		const std::string role = number % 5 == 0 ? special[number / 5 % 2] : "load_app";
		clients.push_back(std::make_unique<load::Client>(
			world, book,
			load::Client::Place{options.pooler + " user=" + role +
									" dbname=" + (is_session ? "sessions" : "load"),
								is_session},
			number));
	}
	return clients;
}

void show_progress(const load::Book &book, const load::Memory &memory, std::chrono::seconds time) {
	const load::Tally tally = book.tally();
	std::cerr << time.count() << " s: " << tally.statements << " statements, " << tally.rows << " rows, ";
	for (const auto &[code, number] : tally.refused)
		std::cerr << code << " " << number << ", ";
	std::cerr << memory.backends() << " backends of " << memory.kilobytes() / std::max(1L, memory.backends())
			  << " kB, " << tally.failed << " failed" << std::endl;
}

void watch(const Options &options, const load::Book &book, load::Memory &memory) {
	const auto start = std::chrono::steady_clock::now();
	const int pause = std::max(1, options.run.seconds / 60); // seconds between progress lines
	for (int second = 1; second <= options.run.seconds; ++second) {
		std::this_thread::sleep_until(start + std::chrono::seconds(second));
		memory.sample();
		if (second % pause == 0)
			show_progress(book, memory, std::chrono::seconds(second));
	}
}

void work(const Options &options, load::Book &book, load::Memory &memory) {
	const int spare = std::max(2, options.run.tenants / 20);
	load::World world(options.run.tenants, spare);
	load::Administrator administrator(world, book, options.server,
									  {std::chrono::seconds(options.run.seconds), spare});
	const auto clients = make_clients(options, world, book);
	std::vector<std::thread> threads;
	for (const auto &client : clients)
		threads.emplace_back([&client] { client->work(); });
	for (int share = 0; share < 2; ++share)
		threads.emplace_back([&administrator, share] { administrator.suspend_and_resume(share, 2); });
	threads.emplace_back([&] { administrator.unprotect_and_protect(); });
	threads.emplace_back([&] { administrator.provision(); });
	threads.emplace_back([&] { administrator.isolate(); });
	threads.emplace_back([&] { administrator.change_settings(); });
	threads.emplace_back([&] { administrator.open_and_close_breakers(); });
	watch(options, book, memory);
	world.is_over = true;
	for (std::thread &thread : threads)
		thread.join();
}

int run(Options options) {
	load::Book book;
	load::Memory memory(options.server);
	options.run.shared_before = memory.shared_bytes();
	work(options, book, memory);
	load::Connection superuser(options.server + " user=load_superuser");
	const load::Tally tally = book.tally();
	const auto checks = load::final_checks(superuser, memory, tally, options.run);
	const nlohmann::json figures = load::figures(tally, checks, memory, options.run);
	if (options.as_json)
		std::cout << figures.dump(1, '\t') << std::endl;
	else
		load::print(figures);
	const long failed = figures["failed"].get<long>();
	(options.as_json ? std::cerr : std::cout)
		<< figures["passed"] << " passed, " << failed << " failed" << std::endl;
	return failed == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char **argv) {
	Options options;
	CLI::App app{"Clients of a pool at work for many tenants, each answer looked at"};
	app.add_option("--seconds", options.run.seconds);
	app.add_option("--clients", options.run.clients);
	app.add_option("--tenants", options.run.tenants, "registered before the clients start");
	app.add_option("--server", options.server, "connection parameters of the server")->required();
	app.add_option("--pooler", options.pooler, "and of the pooler, without a role and a database")
		->required();
	app.add_option("--log", options.run.log, "the server's")->required();
	app.add_flag("--json", options.as_json, "the figures as JSON");
	CLI11_PARSE(app, argc, argv);
	try {
		return run(options);
	} catch (const std::exception &error) {
		std::cerr << "load: " << error.what() << "\n";
		return 1;
	}
}
