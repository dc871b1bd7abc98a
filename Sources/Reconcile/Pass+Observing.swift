import Plan

extension Pass {
    /// Who looks at the images of one pass.
    func observer(_ depth: CostDepth, _ survey: Survey) -> Observer {
        var observer = Observer(places: places, depth: depth)
        observer.subsets = SubsetMemo(options.store)
        observer.internalTags = survey.internalTags
        return observer
    }
}
