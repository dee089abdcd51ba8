#include "cli/terminal.h"

#include <iostream>
#include <utility>

#include "client/http_caller.h"
#include "client/terminal.h"

namespace cadastre::cli {

int AtTerminal(const char* version, const std::function<int(Session)>& run) {
  return client::AtTerminal("cadastre", [&](const Screen& screen) {
    Session session;
    session.version = version;
    session.screen = screen;
    session.in = &std::cin;
    session.connect = [](const Settings& settings) { return std::make_unique<client::HttpCaller>(settings); };
    return run(std::move(session));
  });
}

}  // namespace cadastre::cli
