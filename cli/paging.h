// The arguments, the asking and the closing line of every paged list.
//
// Thread rule: confined.
// Bounds of --all: 10,000 pages and 512 MiB of answers, then how to go on is told as without it.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "cli/arguments.h"
#include "cli/client_words.h"
#include "cli/session.h"

namespace cadastre::cli {

struct Page {
  int32_t size = 0;
  std::string token;
  bool all = false;

  void Declare(Arguments& arguments) {
    arguments.Number("--page-size", &size, "Rows of one answer; the server's default without it");
    arguments.Option("--page-token", &token, "Where to go on: what the answer before told");
    arguments.Flag("--all", &all, "All pages, one after the other");
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

constexpr int kAllPagesMax = 10'000;
constexpr size_t kAllBytesMax = size_t{512} << 20;

// One page, or with --all every page as one answer: rows one after the other, everything else as the last page has it.
template <typename Response, typename Request>
absl::StatusOr<Response> AskPages(Session& session, std::string_view method, Request request, const Page& page) {
  page.Fill(request);
  Response all;
  size_t bytes = 0;
  for (int pages = 0; pages < kAllPagesMax; ++pages) {
    absl::StatusOr<Response> answer = Ask<Response>(session, method, request);
    if (!answer.ok()) return answer.status();
    const std::string next = answer->next_page_token();
    bytes += answer->ByteSizeLong();
    // An empty token would be left as it was by merging.
    all.clear_next_page_token();
    all.MergeFrom(*answer);
    if (!page.all || next.empty() || bytes > kAllBytesMax) break;
    if (next == request.page_token()) return base::Internal("the server told the same page token twice");
    request.set_page_token(next);
  }
  return all;
}

}  // namespace cadastre::cli
