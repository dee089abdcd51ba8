// The arguments and the closing line of every paged list.
//
// Thread rule: confined.
#pragma once

#include <cstdint>
#include <string>

#include "cli/arguments.h"
#include "cli/screen.h"
#include "cli/text_width.h"

namespace cadastre::cli {

struct Page {
  int32_t size = 0;
  std::string token;

  void Declare(Arguments& arguments) {
    arguments.Number("--page-size", &size, "Rows of one answer; the server's default without it");
    arguments.Option("--page-token", &token, "Where to go on: what the answer before told");
  }

  template <typename Request>
  void Fill(Request& request) const {
    request.set_page_size(size);
    request.set_page_token(token);
  }

  // Says on stderr how to go on, so that a pipe carries rows alone.
  static void TellMore(const Screen& screen, const std::string& next_page_token) {
    if (!next_page_token.empty()) *screen.err << "more: --page-token " << ShownText(next_page_token) << '\n';
  }
};

}  // namespace cadastre::cli
