// Report: what was measured, as Markdown on the terminal and between markers in a file.
//
// Made by main; thread rule: confined. Each bench fills one section; a section written again replaces its former self,
// so that benches may be run one at a time. Errors of Save: UNAVAILABLE (the file).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/words.h"

namespace cadastre::bench {

// One line: ours beside what bounds it, measured in turns within one run.
struct Ratio {
  std::string what;
  std::string ours;
  std::string beside;
  double ratio = 0;
  // As text: "0.5 or more". Empty where there is none.
  std::string aim;
};

class Section {
 public:
  Section(std::string name, std::string title) : name_(std::move(name)), title_(std::move(title)) {}

  // Both sides' commands, keys and bytes an operation, what holds a figure back.
  void Say(const std::string& line) { lines_.push_back(line); }
  void Add(Ratio ratio) { ratios_.push_back(std::move(ratio)); }
  const std::string& name() const { return name_; }
  std::string Markdown() const;

 private:
  std::string name_;
  std::string title_;
  std::vector<std::string> lines_;
  std::vector<Ratio> ratios_;
};

class Report {
 public:
  // `path` may be empty: then nothing is written.
  Report(std::string path, std::string world) : path_(std::move(path)), world_(std::move(world)) {}

  // Prints the section and puts it into the file.
  Status Take(const Section& section) const;

 private:
  std::string path_;
  std::string world_;
};

// Cores, memory and model of this machine, the kernel, and how busy it is.
std::string DescribeMachine();
// Of the sources in the current folder; "unknown" outside a clone.
std::string DescribeCommit();

// "12,300", "0.85", "4.2": as many digits as carry meaning.
std::string Figure(double value);
std::string PerSecond(double rate);
std::string Milliseconds(double seconds);

}  // namespace cadastre::bench
