#include "ingestors/runner/report.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <utility>

#include "base/status.h"
#include "base/time_format.h"
#include "client/settings.h"
#include "client/text_width.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest {
namespace {

using client::Paint;
using client::ShownText;

std::string_view WordOf(Change what) {
  switch (what) {
    case Change::kAdd: return "add";
    case Change::kChange: return "change";
    case Change::kRename: return "rename";
    case Change::kMiss: return "miss";
    case Change::kDrop: return "drop";
  }
  return "";
}

std::string_view MarkOf(Change what) {
  switch (what) {
    case Change::kAdd: return "+";
    case Change::kChange: return "~";
    case Change::kRename: return ">";
    case Change::kMiss: return "?";
    case Change::kDrop: return "-";
  }
  return "";
}

std::string_view WordOf(ingest::v1::ScopeState state) {
  switch (state) {
    case ingest::v1::SCOPE_STATE_COMPLETE: return "complete";
    case ingest::v1::SCOPE_STATE_PARTIAL: return "partial";
    case ingest::v1::SCOPE_STATE_FAILED: return "failed";
    default: return "unknown";
  }
}

std::string_view WordOf(ingest::v1::CrawlState state) {
  switch (state) {
    case ingest::v1::CRAWL_STATE_COMPLETE: return "complete";
    case ingest::v1::CRAWL_STATE_PARTIAL: return "partial";
    case ingest::v1::CRAWL_STATE_FAILED: return "failed";
    default: return "not begun";
  }
}

using Count = std::pair<std::string_view, int64_t>;

std::array<Count, 7> CountsOf(const ingest::v1::ScopeReport& report) {
  return {{{"seen", report.seen()},
           {"added", report.added()},
           {"changed", report.changed()},
           {"renamed", report.renamed()},
           {"missed", report.missed()},
           {"dropped", report.dropped()},
           {"rejected", report.rejected()}}};
}

std::array<Count, 7> TotalsOf(const RunReport& report) {
  std::array<Count, 7> totals = CountsOf({});
  for (const auto& [scope, one] : report.outcome.scopes) {
    const std::array<Count, 7> counts = CountsOf(one);
    for (size_t i = 0; i < totals.size(); ++i) totals[i].second += counts[i].second;
  }
  return totals;
}

std::string InWords(const std::array<Count, 7>& counts) {
  std::string out = base::Cat(counts[0].second, " seen");
  for (size_t i = 1; i < counts.size(); ++i) {
    if (counts[i].second != 0) out += base::Cat(", ", counts[i].second, " ", counts[i].first);
  }
  return out;
}

std::string CountsAsJson(const std::array<Count, 7>& counts) {
  std::string out;
  for (const auto& [word, count] : counts) out += base::Cat(out.empty() ? "" : ", ", JsonQuoted(word), ": ", count);
  return out;
}

bool IsQuiet(const ingest::v1::ScopeReport& report) {
  const std::array<Count, 7> counts = CountsOf(report);
  bool quiet = report.state() == ingest::v1::SCOPE_STATE_COMPLETE && !report.removals_stopped();
  for (size_t i = 1; i < counts.size(); ++i) quiet = quiet && counts[i].second == 0;
  return quiet;
}

}  // namespace

std::string LabelOf(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out + '"';
}

void PrintReport(const client::Screen& screen, const RunReport& report) {
  std::ostream& out = *screen.out;
  if (report.plan) {
    for (const Outcome::Changed& changed : report.outcome.changes) {
      out << MarkOf(changed.what) << ' ' << ShownText(changed.asset);
      if (!changed.before.empty()) out << "  (was " << ShownText(changed.before) << ')';
      if (changed.what == Change::kMiss) out << "  (not found; gone if the next run does not find it either)";
      out << '\n';
    }
  }
  for (const auto& [scope, one] : report.outcome.scopes) {
    if (IsQuiet(one)) continue;
    const bool complete = one.state() == ingest::v1::SCOPE_STATE_COMPLETE;
    out << ShownText(scope) << ": "
        << screen.Painted(complete && !one.removals_stopped() ? Paint::kGood : Paint::kWarn, WordOf(one.state()))
        << ", " << InWords(CountsOf(one)) << (one.reason().empty() ? "" : ": ") << ShownText(one.reason()) << '\n';
  }
  for (const Outcome::Failure& failure : report.outcome.failures) {
    out << screen.Painted(Paint::kBad, "failed") << ' ' << ShownText(failure.shown) << ": " << ShownText(failure.reason)
        << '\n';
  }
  const auto told = static_cast<int64_t>(report.outcome.failures.size());
  if (report.outcome.failed > told) out << "failed: " << report.outcome.failed - told << " more\n";
  for (const RunReport::Replayed& replayed : report.replayed) {
    out << "kept from "
        << (replayed.held_at == base::Timestamp() ? "an earlier run" : base::FormatTime(replayed.held_at)) << ": "
        << (replayed.sent ? base::Cat("sent, ", replayed.objects, " objects") : "left out")
        << (replayed.told.empty() ? "" : ": ") << ShownText(replayed.told) << '\n';
  }
  const int64_t seconds = report.took.count() / 1'000'000;
  out << ShownText(report.source_name) << (report.plan ? " (plan)" : "") << ": " << WordOf(report.state) << ", "
      << InWords(TotalsOf(report)) << ", " << report.outcome.unchanged << " unchanged, " << seconds << " s\n";
  if (report.outcome.removals_stopped) {
    *screen.err << "cadastre-ingest: nothing was removed where that many objects are gone; look at the source, and run "
                   "with --allow-removals N if they are\n";
  }
  if (!report.reason.empty()) *screen.err << "cadastre-ingest: " << ShownText(report.reason) << '\n';
}

std::string JsonOf(const RunReport& report) {
  std::string scopes, failures, changes, replayed;
  for (const RunReport::Replayed& one : report.replayed) {
    replayed +=
        base::Cat(replayed.empty() ? "" : ",", "\n    {\"held_at\": ", JsonQuoted(base::FormatTime(one.held_at)),
                  ", \"sent\": ", one.sent ? "true" : "false", ", \"crawl\": ", one.crawl,
                  ", \"objects\": ", one.objects, ", \"told\": ", JsonQuoted(Mended(one.told, 1'024)), "}");
  }
  for (const auto& [scope, one] : report.outcome.scopes) {
    scopes += base::Cat(scopes.empty() ? "" : ",", "\n    {\"scope\": ", JsonQuoted(Mended(scope, 1'024)),
                        ", \"state\": ", JsonQuoted(WordOf(one.state())), ", ", CountsAsJson(CountsOf(one)));
    if (!one.reason().empty()) scopes += base::Cat(", \"reason\": ", JsonQuoted(one.reason()));
    if (one.removals_stopped()) scopes += ", \"removals_stopped\": true";
    scopes += "}";
  }
  for (const Outcome::Failure& failure : report.outcome.failures) {
    failures += base::Cat(failures.empty() ? "" : ",", "\n    {\"object\": ", JsonQuoted(failure.shown),
                          ", \"reason\": ", JsonQuoted(failure.reason), "}");
  }
  for (const Outcome::Changed& changed : report.outcome.changes) {
    changes += base::Cat(changes.empty() ? "" : ",", "\n    {\"change\": ", JsonQuoted(WordOf(changed.what)),
                         ", \"asset\": ", JsonQuoted(changed.asset));
    if (!changed.before.empty()) changes += base::Cat(", \"before\": ", JsonQuoted(changed.before));
    changes += "}";
  }
  return base::Cat(
      "{\n  \"source\": ", JsonQuoted(report.source_name), ",\n  \"plan\": ", report.plan ? "true" : "false",
      ",\n  \"crawl\": ", report.crawl, ",\n  \"state\": ", JsonQuoted(WordOf(report.state)),
      ",\n  \"exit_code\": ", static_cast<int>(report.code), ",\n  \"reason\": ", JsonQuoted(report.reason),
      ",\n  \"started_at\": ", JsonQuoted(base::FormatTime(report.started_at)),
      ",\n  \"seconds\": ", report.took.count() / 1'000'000, ",\n  \"totals\": {", CountsAsJson(TotalsOf(report)),
      ", \"unchanged\": ", report.outcome.unchanged, ", \"failed\": ", report.outcome.failed,
      "},\n  \"removals_stopped\": ", report.outcome.removals_stopped ? "true" : "false", ",\n  \"scopes\": [", scopes,
      "],\n  \"spooled\": {\"path\": ", JsonQuoted(Mended(report.spooled.path, 4'096)),
      ", \"objects\": ", report.spooled.objects, ", \"bytes\": ", report.spooled.bytes, "},\n  \"replayed\": [",
      replayed, "],\n  \"changes\": [", changes, "],\n  \"failures\": [", failures, "]\n}\n");
}

std::string MetricsOf(const RunReport& report, const std::string& before) {
  constexpr std::string_view kComplete = "cadastre_ingest_last_complete_timestamp_seconds";
  const std::string source = base::Cat("source=", LabelOf(report.source_name));
  const int64_t started = report.started_at.micros() / 1'000'000;
  std::string out;
  const auto gauge = [&](std::string_view name, std::string_view help) {
    out += base::Cat("# HELP ", name, " ", help, "\n# TYPE ", name, " gauge\n");
  };
  const auto value = [&](std::string_view name, const std::string& labels, int64_t number) {
    out += base::Cat(name, "{", labels, "} ", number, "\n");
  };
  gauge("cadastre_ingest_last_run_timestamp_seconds", "When the last run began.");
  value("cadastre_ingest_last_run_timestamp_seconds", source, started);
  gauge("cadastre_ingest_last_run_duration_seconds", "How long it took.");
  value("cadastre_ingest_last_run_duration_seconds", source, report.took.count() / 1'000'000);
  gauge("cadastre_ingest_last_run_exit_code", "Its exit code; 0 is good.");
  value("cadastre_ingest_last_run_exit_code", source, report.code);
  gauge("cadastre_ingest_last_run_objects", "Its objects, by what became of them.");
  for (const auto& [word, count] : TotalsOf(report)) {
    value("cadastre_ingest_last_run_objects", base::Cat(source, ",what=\"", word, "\""), count);
  }
  gauge("cadastre_ingest_spooled_objects", "Objects that the last run kept for the next one.");
  value("cadastre_ingest_spooled_objects", source, report.spooled.objects);
  gauge(kComplete, "When the last run began that read everything.");
  if (report.state == ingest::v1::CRAWL_STATE_COMPLETE) {
    value(kComplete, source, started);
    return out;
  }
  std::istringstream lines(before);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(base::Cat(kComplete, "{", source, "}"))) out += line + "\n";
  }
  return out;
}

absl::Status WriteMetrics(const std::string& path, const RunReport& report) {
  constexpr size_t kBytesMax = size_t{1} << 20;
  std::string before(kBytesMax, '\0');
  std::ifstream file(path, std::ios::binary);
  if (file) file.read(before.data(), static_cast<std::streamsize>(before.size()));
  before.resize(file ? before.size() : static_cast<size_t>(std::max<std::streamsize>(0, file.gcount())));
  return client::WriteFile(path, MetricsOf(report, before), 0644);
}

}  // namespace cadastre::ingest
