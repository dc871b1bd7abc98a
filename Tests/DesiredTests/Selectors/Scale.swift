/// How many tags the tests of scale judge, and how long that may take on a busy machine: 100,000 take about
/// half a second in optimised code; code for debugging is twenty times slower.
enum Scale {
    #if DEBUG
        static let tags = 10_000
        static let bound = Duration.seconds(20)
    #else
        static let tags = 100_000
        static let bound = Duration.seconds(10)
    #endif
}
