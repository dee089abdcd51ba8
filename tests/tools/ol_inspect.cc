// Reads every *.ndjson file of the folders given as arguments as OpenLineage events and says what became of them: how
// many were taken, the warnings per cause, the tools, the kinds of aspects and edges.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/asset_name.h"
#include "ingestors/openlineage/map.h"
#include "ingestors/openlineage/parse.h"

namespace {

using cadastre::catalog::v1::Aspect;
namespace openlineage = cadastre::openlineage;

struct Census {
  size_t events = 0;
  size_t refused = 0;
  size_t bytes = 0;
  std::chrono::nanoseconds parsing{0};
  std::chrono::nanoseconds mapping{0};
  std::map<std::string, size_t> warnings;
  std::map<std::string, size_t> shapes;
  std::map<std::string, std::set<std::string>> producers_of_tool;
  std::map<std::string, size_t> aspects;
  std::map<std::string, size_t> verbatim;
  std::map<std::string, size_t> edges;
  std::map<std::string, size_t> aliases;
  std::set<std::string> folded;
};

void CountAspect(const Aspect& aspect, const std::string& where, Census& census) {
  if (aspect.has_facet()) {
    ++census.verbatim[aspect.facet().name()];
  } else {
    const auto* field = aspect.GetDescriptor()->FindFieldByNumber(aspect.value_case());
    ++census.aspects[where + "." + field->name()];
  }
}

void CountEvent(const openlineage::MappedEvent& event, std::string_view producer, bool verbose, Census& census) {
  constexpr const char* kShapes[] = {"run", "job", "dataset"};
  constexpr const char* kKinds[] = {"consumes", "produces", "derives", "triggers"};
  constexpr const char* kBases[] = {"lineage", "columnLineage", "inputs x outputs", "jobDependencies"};
  ++census.shapes[kShapes[static_cast<int>(event.shape)]];
  census.producers_of_tool[event.tool].insert(std::string(producer));
  for (const auto& warning : event.warnings) {
    ++census.warnings[warning.cause];
    if (verbose) std::cout << warning.cause << " at " << warning.field << "\n";
  }
  for (const auto& aspect : event.aspects)
    CountAspect(aspect.aspect, aspect.column.empty() ? "asset" : "column", census);
  if (event.run.has_value()) {
    for (const auto& aspect : event.run->facets) CountAspect(aspect, "run", census);
    for (const auto& io : event.run->inputs) {
      for (const auto& aspect : io.facets) CountAspect(aspect, "run input", census);
    }
    for (const auto& io : event.run->outputs) {
      for (const auto& aspect : io.facets) CountAspect(aspect, "run output", census);
    }
  }
  for (const auto& edge : event.edges) {
    const std::string what =
        std::string(kKinds[static_cast<int>(edge.kind)]) + " by " + kBases[static_cast<int>(edge.basis)];
    ++census.edges[what];
    census.edges[what + ", column pairs"] += edge.columns.size();
    if (edge.covered) ++census.edges[what + ", covered"];
  }
  for (const auto& alias : event.aliases) ++census.aliases[alias.type];
  for (const auto& fold : event.folded) {
    census.folded.insert(fold.rule + ": " + AssetNameText(fold.original) + " -> " + AssetNameText(fold.parent));
  }
}

void ReadFile(const std::filesystem::path& path, bool verbose, Census& census) {
  std::ifstream file(path);
  std::string line;
  for (size_t number = 1; std::getline(file, line); ++number) {
    if (line.empty()) continue;
    ++census.events;
    census.bytes += line.size();
    const auto started = std::chrono::steady_clock::now();
    const auto event = openlineage::Parse(line);
    const auto parsed = std::chrono::steady_clock::now();
    census.parsing += parsed - started;
    if (!event.ok()) {
      ++census.refused;
      std::cout << path.filename().string() << ":" << number << ": " << event.status() << "\n";
      continue;
    }
    const openlineage::MappedEvent mapped = openlineage::Map(*event);
    census.mapping += std::chrono::steady_clock::now() - parsed;
    CountEvent(mapped, event->producer, verbose, census);
  }
}

void Print(const char* title, const std::map<std::string, size_t>& counts) {
  std::cout << "\n" << title << "\n";
  for (const auto& [name, count] : counts) std::cout << "  " << count << "\t" << name << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  Census census;
  bool verbose = false;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--verbose") {
      verbose = true;
      continue;
    }
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      if (entry.path().extension() == ".ndjson") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) ReadFile(file, verbose, census);
  }
  if (census.events == 0) {
    std::cerr << "usage: ol_inspect [--verbose] FOLDER...\n";
    return 2;
  }
  const auto micros = [&](std::chrono::nanoseconds all) {
    return static_cast<double>(all.count()) / 1e3 / static_cast<double>(census.events);
  };
  std::cout << census.events << " events, " << census.events - census.refused << " taken, " << census.refused
            << " refused; " << census.bytes / census.events << " bytes an event, parse " << micros(census.parsing)
            << " us, map " << micros(census.mapping) << " us\n";
  Print("shapes", census.shapes);
  Print("warnings", census.warnings);
  size_t producers = 0;
  std::cout << "\ntools\n";
  for (const auto& [tool, of_tool] : census.producers_of_tool) {
    producers += of_tool.size();
    std::cout << "  " << of_tool.size() << "\t" << tool << "\n";
  }
  std::cout << "  " << producers << " producers, " << census.producers_of_tool.size() << " tools\n";
  Print("aspects", census.aspects);
  Print("facets kept verbatim", census.verbatim);
  Print("edges", census.edges);
  Print("aliases", census.aliases);
  std::cout << "\nfolded names: " << census.folded.size() << "\n";
  for (const std::string& fold : census.folded) std::cout << "  " << fold << "\n";
  return census.refused == 0 ? 0 : 1;
}
