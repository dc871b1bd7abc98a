import FuzzTargets
import Glibc

/// The target that the environment names.
let target = getenv("DAVIT_FUZZ_TARGET").flatMap { FuzzTarget(rawValue: String(cString: $0)) }

/// What libFuzzer calls, by this name, for each input.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ length: Int) -> CInt {
    target?.run(Array(UnsafeBufferPointer(start: bytes, count: length)))
    return 0
}
