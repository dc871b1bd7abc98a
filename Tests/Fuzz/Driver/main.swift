// libFuzzer's driver around one target: `DAVIT_FUZZ_TARGET=yaml davit-fuzz -max_total_time=60 FOLDER…`
// It is a part of the package only where DAVIT_FUZZ is set, since it links what `-sanitize=fuzzer` brings.

import FuzzTargets
import Glibc

typealias OneInput = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
typealias Words = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// libFuzzer's own main as a function: the package manager's programs begin in Swift.
@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(_ count: UnsafeMutablePointer<CInt>, _ words: UnsafeMutablePointer<Words>, _ body: OneInput)
    -> CInt

guard target != nil else {
    print("DAVIT_FUZZ_TARGET must be one of", FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))
    exit(64)
}
var count = CommandLine.argc
var words = CommandLine.unsafeArgv
exit(runDriver(&count, &words, testOneInput))
