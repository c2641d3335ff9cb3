import Interchange
import Protocol

/// What an import did, for machines and for people: the same in both programs.
public enum ImportReportOutput {
  public static func write(
    _ report: ImportReport, transactions: Int, isDryRun: Bool, to output: Output
  ) {
    output.json { json in
      json.object { json in
        json.member("read", integer: Int64(report.read))
        json.member("created", integer: Int64(report.created))
        json.member("recognised", integer: Int64(report.recognised))
        json.member("joined", integer: Int64(report.joined))
        json.member("skipped", integer: Int64(report.skipped))
        json.member("transactions", integer: Int64(transactions))
        json.member("dryRun", bool: isDryRun)
        json.key("counts")
        json.object { json in
          for (reason, count) in report.counts { json.member(reason, integer: Int64(count)) }
        }
        json.key("findings")
        json.array { json in
          for finding in report.findings { write(finding, output.language, to: &json) }
        }
      }
    }
    for line in report.lines(in: output.language) { output.line(Terminal.safe(line)) }
    if isDryRun {
      output.line(
        Label(nl: "Er is niets geschreven (--dry-run).", en: "Nothing was written (--dry-run)."))
    }
  }

  private static func write(
    _ finding: ImportReport.Finding, _ language: Language, to json: inout JSONText
  ) {
    json.object { json in
      json.member("kind", string: finding.kind.rawValue)
      json.member("line", integer: Int64(finding.line))
      if let field = finding.field { json.member("field", string: field) }
      json.member("reason", string: finding.reason)
      json.member("sentence", string: finding.sentence.text(in: language))
    }
  }
}
