// Whatever the text: a schedule is refused in words, or its times follow one another without end or standing still.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "ingestors/runner/schedule.h"

namespace ingest = cadastre::ingest;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  // A first line that is no schedule may be a zone.
  const size_t line = text.find('\n');
  const std::string zone = line == std::string::npos ? "Europe/Berlin" : text.substr(0, line);
  const auto schedule = ingest::Schedule::Parse(line == std::string::npos ? text : text.substr(line + 1), zone);
  if (!schedule.ok()) {
    CHECK(schedule.status().code() == absl::StatusCode::kInvalidArgument) << schedule.status().ToString();
    return 0;
  }
  // Over both days of 2026 on which Berlin turns its clocks.
  for (const int64_t seconds : {int64_t{0}, int64_t{1'774'740'000}, int64_t{1'792'890'000}}) {
    cadastre::base::Timestamp at(seconds * 1'000'000);
    for (int times = 0; times < 8; ++times) {
      const cadastre::base::Timestamp next = schedule->NextAfter(at);
      CHECK(next > at);
      CHECK(next == cadastre::base::Timestamp::Max() || next.micros() % 1'000'000 == 0);
      if (next == cadastre::base::Timestamp::Max()) break;
      at = next;
    }
  }
  return 0;
}
