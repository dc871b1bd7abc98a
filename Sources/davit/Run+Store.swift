import Desired
import Logging
import State

extension Run {
    /// Opens what passes remember. Where that can't be, it is told, and the pass runs without.
    func openStore(_ options: StateOptions, _ access: Store.Access, _ shard: Shard? = nil) -> Store? {
        let part = shard.map { (index: $0.index, count: $0.count) }
        guard let path = StorePath.resolve(options.state, environment: environment, shard: part) else {
            console.logger.debug(
                options.state == nil
                    ? "nothing is remembered: neither XDG_STATE_HOME nor HOME names a folder"
                    : "nothing is remembered, as wanted")
            return nil
        }
        return Store.open(path, access) { [logger = console.logger] notice in
            logger.log(level: notice.level == .warning ? .warning : .debug, "\(notice.text)")
        }
    }
}
